// The book's name, zone and currency; the first of these commands makes the book.
import * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import { fail, succeed } from '../result.ts'
import { schemaVersion } from '../schema/action.ts'
import { CurrencyCode, Name, TimeZoneName } from '../schema/entries.ts'
import { isTimeZone } from '../schema/plain-date.ts'
import { checkInput, quote } from './check-input.ts'
import { type Command, type Described, entryOf, wasOf } from './draft.ts'

const Settings = z.strictObject({
  name: z.optional(z.pipe(z.string().check(z.trim()), Name)),
  timeZone: z.optional(TimeZoneName),
  currency: z.optional(CurrencyCode),
})

/** Makes the book, or changes its name, zone or currency. */
export const editBook: Command<unknown, Appended> = ({ projection }, input) => {
  const checked = checkInput(Settings, input)
  if (!checked.ok) return checked
  const wanted = checked.value
  if (wanted.timeZone !== undefined && !isTimeZone(wanted.timeZone)) {
    return fail(
      'invalid-input',
      `timeZone: expected an IANA time zone such as Europe/Berlin, got ${quote(wanted.timeZone)}`,
      'timeZone',
    )
  }
  const settings = projection.settings()
  if (!settings.created) {
    const made = {
      name: wanted.name ?? settings.name,
      timeZone: wanted.timeZone ?? settings.timeZone,
      currency: wanted.currency ?? settings.currency,
    }
    return succeed({
      describe: [{ root: 'meta', key: 'schema', value: schemaVersion }, ...describeBook(made)],
      entries: [entryOf({ kind: 'book.created' as const, subject: 'book' as const, ...made })],
      value: (action) => ({ action }),
    })
  }
  const changed = {
    name: wanted.name === settings.name ? undefined : wanted.name,
    timeZone: wanted.timeZone === settings.timeZone ? undefined : wanted.timeZone,
    currency: wanted.currency === settings.currency ? undefined : wanted.currency,
  }
  const describe = describeBook(changed)
  if (describe.length === 0) return fail('nothing-to-change', 'the book already has these values')
  const entry = entryOf({
    kind: 'book.edited' as const,
    subject: 'book' as const,
    ...changed,
    was: wasOf(changed, settings),
  })
  return succeed({ describe, entries: [entry], value: (action) => ({ action }) })
}

function describeBook(fields: Readonly<Record<string, string | undefined>>): Described[] {
  return Object.entries(fields)
    .filter((field): field is [string, string] => field[1] !== undefined)
    .map(([key, value]) => ({ root: 'meta', key, value }))
}
