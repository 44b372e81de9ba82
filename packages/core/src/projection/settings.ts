// The book's own settings, with defaults until somebody makes the book.
import type { BookSettings } from '../book.ts'
import { CurrencyCode, Name } from '../schema/entries.ts'
import { isTimeZone } from '../schema/plain-date.ts'
import type { FieldReader } from './said-fields.ts'

/** What holds until the book says otherwise. */
export const defaultSettings = { name: 'Untitled book', timeZone: 'UTC', currency: 'EUR' } as const

/** Reads the fields of `meta`; values that do not fit or that this runtime cannot use give way to the defaults. */
export function readSettings(read: FieldReader): Omit<BookSettings, 'created'> {
  const name = Name.safeParse(read('name'))
  const currency = CurrencyCode.safeParse(read('currency'))
  const timeZone = read('timeZone')
  return {
    name: name.success ? name.data : defaultSettings.name,
    timeZone: typeof timeZone === 'string' && isKnownZone(timeZone) ? timeZone : defaultSettings.timeZone,
    currency: currency.success ? currency.data : defaultSettings.currency,
  }
}

const knownZones = new Map<string, boolean>()

function isKnownZone(timeZone: string): boolean {
  let known = knownZones.get(timeZone)
  if (known === undefined) knownZones.set(timeZone, (known = isTimeZone(timeZone)))
  return known
}
