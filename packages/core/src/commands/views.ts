// Named views of the table, shared by everybody in the book: saving one, and taking one away.
import * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import { fail, succeed } from '../result.ts'
import { Name, ViewQuery } from '../schema/entries.ts'
import { deriveId } from '../schema/derived-id.ts'
import { checkInput, quote } from './check-input.ts'
import type { Command } from './draft.ts'

const trimmedName = z.pipe(z.string().check(z.trim()), Name)
const Column = z.string().check(z.regex(/^\w{1,32}$/))
const View = z.strictObject({ name: trimmedName, query: ViewQuery, columns: z.array(Column).check(z.maxLength(64)) })

/** Saves a view; one of the same name, whatever its letters' case, gives way to it, on other devices too. */
export const saveView: Command<unknown, Appended> = ({ book, projection }, input) => {
  const checked = checkInput(View, input)
  if (!checked.ok) return checked
  const { name, query } = checked.value
  const columns = checked.value.columns.join(',')
  const standing = projection.views().find((view) => view.name === name)
  if (standing?.query === query && standing.columns.join(',') === columns)
    return fail('nothing-to-change', `the view ${quote(name)} already shows this`)
  return write(idOf(book, name), { name, query, columns })
}

const Removal = z.strictObject({ name: trimmedName })

/** Takes a view away, for everybody. */
export const removeView: Command<unknown, Appended> = ({ book, projection }, input) => {
  const checked = checkInput(Removal, input)
  if (!checked.ok) return checked
  const { name } = checked.value
  if (!projection.views().some((view) => view.name === name))
    return fail('nothing-to-change', `name: expected the name of a saved view, got ${quote(name)}`, 'name')
  return write(idOf(book, name), { name: null })
}

/** The same name is the same view on every device, so that two that are saved apart become one. */
function idOf(book: string, name: string): string {
  return deriveId(book, `view:${name.toLowerCase()}`)
}

function write(id: string, fields: { name: string | null; query?: string; columns?: string }) {
  return succeed({
    describe: Object.entries(fields).map(([field, value]) => ({
      root: 'views' as const,
      key: `${id}/${field}`,
      value,
    })),
    entries: [{ kind: 'view.saved' as const, subject: id, ...fields }],
    value: (action: string) => ({ action }),
  })
}
