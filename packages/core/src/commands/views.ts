// Named views of the table, shared by everybody in the book: saving one, and taking one away.
import * as z from 'zod/mini'
import type { Appended, SavedView } from '../book.ts'
import { fail, succeed } from '../result.ts'
import { Name, ViewQuery } from '../schema/entries.ts'
import { deriveId } from '../schema/derived-id.ts'
import { checkInput, quote } from './check-input.ts'
import { type Command, type CommandContext, entryOf, wasOf } from './draft.ts'

const trimmedName = z.pipe(z.string().check(z.trim()), Name)
const Column = z.string().check(z.regex(/^\w{1,32}$/))
const View = z.strictObject({
  name: trimmedName,
  query: ViewQuery,
  columns: z.array(Column).check(z.maxLength(64)),
  instead: z.optional(trimmedName),
})

/** Saves a view; one of the same name, whatever its letters' case, gives way to it, on other devices too, and so does the one named `instead`. */
export const saveView: Command<unknown, Appended> = ({ book, projection }, input) => {
  const checked = checkInput(View, input)
  if (!checked.ok) return checked
  const { name, query, instead = name } = checked.value
  const columns = checked.value.columns.join(',')
  const id = idOfView(book, name)
  const standing = projection.views().find((view) => view.name === name)
  if (standing?.query === query && standing.columns.join(',') === columns)
    return fail('nothing-to-change', `the view ${quote(name)} already shows this`)
  const written = writeView(id, { fields: { name, query, columns }, before: viewOf({ book, projection }, id) })
  const insteadId = idOfView(book, instead)
  const gone = insteadId === id ? undefined : viewOf({ book, projection }, insteadId)
  if (!gone) return succeed(written)
  const taken = writeView(insteadId, { fields: { name: null }, before: gone })
  return succeed({
    ...written,
    describe: [...written.describe, ...taken.describe],
    entries: [...written.entries, ...taken.entries],
  })
}

const Removal = z.strictObject({ name: trimmedName })

/** Takes a view away, for everybody. */
export const removeView: Command<unknown, Appended> = ({ book, projection }, input) => {
  const checked = checkInput(Removal, input)
  if (!checked.ok) return checked
  const { name } = checked.value
  if (!projection.views().some((view) => view.name === name))
    return fail('nothing-to-change', `name: expected the name of a saved view, got ${quote(name)}`, 'name')
  const id = idOfView(book, name)
  return succeed(writeView(id, { fields: { name: null }, before: viewOf({ book, projection }, id) }))
}

/** What an entry says of a view; without a name it is taken away, and the rest stays where it is. */
export interface ViewFields {
  readonly name: string | null
  readonly query?: string
  readonly columns?: string
}

/** Writes these fields of a view, and all that the view was before. */
export function writeView(id: string, { fields, before }: { fields: ViewFields; before: SavedView | undefined }) {
  const held = before && { ...before, columns: before.columns.join(',') }
  const was = held ? wasOf(held, held) : { name: null }
  return {
    describe: Object.entries(fields).map(([field, value]) => ({
      root: 'views' as const,
      key: `${id}/${field}`,
      value: value as string | null,
    })),
    entries: [entryOf({ kind: 'view.saved' as const, subject: id, ...fields, was })],
    value: (action: string) => ({ action }),
  }
}

/** The view that stands under an id. */
export function viewOf({ book, projection }: CommandContext, id: string): SavedView | undefined {
  return projection.views().find(({ name }) => idOfView(book, name) === id)
}

/** The same name is the same view on every device, so that two that are saved apart become one. */
function idOfView(book: string, name: string): string {
  return deriveId(book, `view:${name.toLowerCase()}`)
}
