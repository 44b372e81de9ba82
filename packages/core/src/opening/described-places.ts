// Which describing fields an action was written with, and what they held: the entry says all of them but the texts of notes.
import * as Y from 'yjs'
import type { Described } from '../commands/draft.ts'
import { elementBehind } from '../log/element-behind.ts'
import { type WaitingField, waitingFields } from '../log/waiting-fields.ts'
import { readElement } from '../log/read-actions.ts'
import type { Action } from '../schema/action.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { systemOf } from '../schema/other-refs.ts'
import type { JournalRecord } from '../storage/storage.ts'

/** A field that an entry describes. */
export interface DescribedPlace {
  readonly root: Described['root']
  readonly key: string
  /** What the entry says of the field; undefined for a note, whose text stands in the document only. */
  readonly said: unknown
  /** Of a newer version's field nobody knows here whether it stands in the document, too. */
  readonly isKnown: boolean
}

/** The value that an action wrote at one of its places; undefined where that cannot be told. */
export type WrittenAt = (action: Action, place: DescribedPlace) => unknown

/** The places that an action describes, in the order of its entries. */
export function placesOf({ v, entries }: Action): readonly DescribedPlace[] {
  return entries.flatMap((entry) => {
    const places = placesOfEntry(entry)
    // The founding action writes the schema's number, too.
    return entry.kind === 'book.created'
      ? [{ root: 'meta' as const, key: 'schema', said: v, isKnown: true }, ...places]
      : places
  })
}

/**
 * Reads what actions wrote from `doc`. What the entry says comes before what the document shows: that may be what a refused action had written at the same
 * time, and this one would be refused for it.
 */
export function writtenIn(doc: Y.Doc): WrittenAt {
  const waiting = waitingFields(doc, idOfAction)
  const log = doc.getArray<unknown>('log')
  return (action, place) => {
    const fields = doc.getMap(place.root)
    if (place.said !== undefined) return place.isKnown || fields.has(place.key) ? place.said : undefined
    const held = waiting.get(action.id)
    const note = held && noteAmong(held, placesOf(action), place)
    // Null is a note that was cleared.
    if (note !== undefined) return note
    const item = fields._map.get(place.key)
    // Another action may have written over it, one that is refused among them.
    const isOwn = item && idOfAction(elementBehind(log, item.id.client, item.id.clock)) === action.id
    return isOwn ? fields.get(place.key) : undefined
  }
}

/** As `writtenAt`; a note that another action wrote over is looked for in `records` of the journal, which have what each action was written with. */
export function alsoJournaled(writtenAt: WrittenAt, records: readonly JournalRecord[]): WrittenAt {
  return (action, place) => {
    const value = writtenAt(action, place)
    if (value !== undefined || place.said !== undefined) return value
    for (const { id, update } of records) {
      if (id !== action.id && !id.startsWith(againPrefix)) continue
      const found = writtenIn(docOfRecord(update))(action, place)
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** Begins the names of records that hold several actions which were written again. */
export const againPrefix = 'again:'

function docOfRecord(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc({ gc: false })
  try {
    Y.applyUpdate(doc, update)
  } catch {
    // What cannot be read of it is set aside at the next opening.
  }
  return doc
}

function idOfAction(value: unknown): string | undefined {
  const read = typeof value === 'string' && value.startsWith('{"at":') ? readElement(value) : null
  return read?.ok ? read.action.id : undefined
}

/** The text of the note at `note` among the fields of its action: one that stands there by name, or what no other place accounts for. */
function noteAmong(held: readonly WaitingField[], places: readonly DescribedPlace[], note: DescribedPlace): unknown {
  const left = [...held]
  const take = (isThis: (field: WaitingField) => boolean) => {
    const at = left.findIndex(isThis)
    return at < 0 ? undefined : left.splice(at, 1)[0]
  }
  const unnamed: DescribedPlace[] = []
  for (const place of places) {
    const named = take((field) => field.place === `${place.root}/${place.key}`)
    if (named && place.key === note.key) return named.value
    if (named) continue
    if (place.said === undefined) unnamed.push(place)
    else take((field) => field.place === undefined && field.value === place.said)
  }
  const texts = left.filter((field) => field.place === undefined)
  return texts.length === unnamed.length ? texts[unnamed.findIndex(({ key }) => key === note.key)]?.value : undefined
}

const roots: Readonly<Record<string, Described['root']>> = {
  'book.created': 'meta',
  'book.edited': 'meta',
  'client.added': 'clients',
  'client.edited': 'clients',
  'tier.added': 'tiers',
  'tier.edited': 'tiers',
  'view.saved': 'views',
}

const knownFields: Readonly<Record<Described['root'], ReadonlySet<string>>> = {
  meta: new Set(['name', 'timeZone', 'currency']),
  clients: new Set(['name', 'createdOn', 'externalRef', 'note']),
  tiers: new Set(['name', 'typicalUse', 'rank', 'colour']),
  views: new Set(['name', 'query', 'columns']),
}

/** What an entry says beside the fields it describes. */
const beside: ReadonlySet<string> = new Set(['kind', 'subject', 'was'])

function placesOfEntry(entry: AnyEntry): readonly DescribedPlace[] {
  const root = roots[entry.kind]
  if (root === undefined) return []
  return Object.keys(entry)
    .filter((field) => !beside.has(field))
    .map((field) => ({
      root,
      key: root === 'meta' ? field : `${entry.subject}/${field}`,
      said: root === 'clients' && field === 'note' ? undefined : entry[field],
      isKnown: knownFields[root].has(field) || (root === 'clients' && systemOf(field) !== null),
    }))
}
