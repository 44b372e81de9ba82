// What an entry of the log says in words.
import type { Change } from '@tierbook/core'
import { countWords, dateWords } from '#lib/ui/words.ts'

/** Kinds of entries and what they are called; also the choices of the log's filter. */
export const kindWords: Readonly<Record<string, string>> = {
  'tier.assigned': 'Tier assigned',
  'entry.retracted': 'Taken back',
  'client.added': 'Client added',
  'client.edited': 'Client edited',
  'client.ended': 'Service ended',
  'client.resumed': 'Service resumed',
  'tier.added': 'Tier added',
  'tier.edited': 'Tier edited',
  'book.created': 'Book created',
  'book.edited': 'Book edited',
  'import.applied': 'Import applied',
  'device.added': 'Device added',
}

/** The name of the entry's kind. */
export function kindOf(change: Pick<Change, 'kind' | 'newer'>): string {
  return kindWords[change.kind] ?? `Made by a newer version (${change.kind})`
}

const fieldWords: Readonly<Record<string, string>> = {
  name: 'name',
  createdOn: 'created',
  externalRef: 'external id',
  note: 'note',
  timeZone: 'time zone',
  currency: 'currency',
  typicalUse: 'typical use',
  rank: 'order',
  colour: 'colour',
}

/** What the entry's own fields say, beside tier, dates and reason, which have their own places. */
export function detailOf(change: Pick<Change, 'kind' | 'fields'>): string | null {
  const { fields, kind } = change
  if (kind === 'import.applied') {
    const rows = typeof fields['rows'] === 'number' ? countWords(fields['rows'], 'row') : null
    const source = typeof fields['source'] === 'string' ? `from ${fields['source']}` : null
    return [rows, source].filter(Boolean).join(' ') || null
  }
  if (kind === 'device.added') {
    return [fields['actorName'], fields['name']].filter((text) => typeof text === 'string').join(', ') || null
  }
  const parts = Object.entries(fieldWords).flatMap(([field, label]) => {
    const value = fields[field]
    // The name of what was added stands beside the entry anyway.
    return value === undefined || (kind === 'client.added' && field === 'name') ? [] : [valueWords(field, label, value)]
  })
  return parts.length > 0 ? parts.join(' · ') : null
}

function valueWords(field: string, label: string, value: unknown): string {
  if (field === 'note') return 'note changed'
  if (value === null) return `${label} cleared`
  if (field === 'createdOn' && typeof value === 'string') return `${label} ${dateWords(value)}`
  return typeof value === 'string' && field !== 'colour'
    ? `${label} “${value}”`
    : `${label} ${typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)}`
}
