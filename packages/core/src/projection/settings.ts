// The book's own settings, with defaults until somebody makes the book. Entries that do not fit their schema are in no log that is read.
import type { BookSettings } from '../book.ts'
import { isTimeZone } from '../schema/plain-date.ts'
import type { FieldReader } from './said-fields.ts'

/** What holds until the book says otherwise. */
export const defaultSettings = { name: 'Untitled book', timeZone: 'UTC', currency: 'EUR' } as const

/** Reads the fields of `meta`; a time zone that this runtime cannot use gives way to the default. */
export function readSettings(read: FieldReader): Omit<BookSettings, 'created'> {
  const said = (field: keyof typeof defaultSettings) => (read(field) as string | undefined) ?? defaultSettings[field]
  const timeZone = said('timeZone')
  return {
    name: said('name'),
    timeZone: isKnownZone(timeZone) ? timeZone : defaultSettings.timeZone,
    currency: said('currency'),
  }
}

const knownZones = new Map<string, boolean>()

function isKnownZone(timeZone: string): boolean {
  let known = knownZones.get(timeZone)
  if (known === undefined) knownZones.set(timeZone, (known = isTimeZone(timeZone)))
  return known
}
