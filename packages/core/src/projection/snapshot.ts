// A projection as it is stored between openings: columns as they are, texts as JSON, sealed by a checksum and thrown away when in doubt.
import * as z from 'zod/mini'
import type { ClientRow } from '../book.ts'
import { runAtOnce, type Slices } from '../slices.ts'
import type { Column, Columns } from '../log/columns.ts'
import type { StoredActions } from '../log/logged-action.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import type { StoredAround } from './around.ts'
import { sumOfBytes, sumOfText } from '../sums.ts'
import { versionOf } from './seal.ts'
import type { StoredEntries } from './entry-table.ts'

/** Goes up whenever a projection would read the same log otherwise, or store it otherwise. */
const version = 8

/** What a projection made of the elements of the log below `clocks`. */
export interface ProjectionSnapshot {
  /** Yjs client id to the first clock that is not part of it. */
  readonly clocks: readonly (readonly [number, number])[]
  readonly actions: StoredActions
  readonly entries: StoredEntries
  readonly around: StoredAround
  readonly rows: readonly ClientRow[]
  /** The day on which a client's row turns over by itself. */
  readonly turnsOn: readonly (readonly [string, PlainDate])[]
  /** The book's day that rows are of. */
  readonly today: PlainDate
}

const isColumn = (value: unknown) => ArrayBuffer.isView(value) && !(value instanceof DataView)
const StoredColumns = z.record(z.string(), z.custom<Column>(isColumn))
/** The form that storage keeps: structured-cloneable, with a checksum over all of it. */
export const SealedSnapshot = z.strictObject({
  version: z.string(),
  json: z.string(),
  actions: StoredColumns,
  entries: StoredColumns,
  clients: StoredColumns,
  sum: z.int(),
})
export type SealedSnapshot = z.infer<typeof SealedSnapshot>

/** Opens what `sealSnapshot` made; null where it is of another version, damaged, or something else altogether. */
export function openSnapshot(stored: unknown): ProjectionSnapshot | null {
  return runAtOnce(openingSnapshot(stored))
}

/** As {@link openSnapshot}, in slices. */
export function* openingSnapshot(stored: unknown): Slices<ProjectionSnapshot | null> {
  const sealed = SealedSnapshot.safeParse(stored)
  if (!sealed.success || sealed.data.version !== snapshotVersion) return null
  if (sealed.data.sum !== (yield* summing(sealed.data))) return null
  const { json, actions, entries, clients } = sealed.data
  yield
  // The checksum says that this version wrote it, so the shape is the one that was written.
  const rest = JSON.parse(json) as ProjectionSnapshot
  return {
    ...rest,
    actions: { ...rest.actions, columns: actions as unknown as StoredActions['columns'] },
    entries: {
      ...rest.entries,
      entries: { size: rest.entries.entries.size, words: entries['words'] as StoredEntries['entries']['words'] },
      clients: { size: rest.entries.clients.size, columns: clients as unknown as StoredEntries['clients']['columns'] },
    },
  }
}

export const snapshotVersion = versionOf(version)

/** Units of text summed between two pauses: a millisecond or so. */
const unitsAtOnce = 131_072

type SummedParts = Pick<SealedSnapshot, 'json' | 'actions' | 'entries' | 'clients'>

/** Over everything that is stored. */
export function* summing({ json, actions, entries, clients }: SummedParts): Slices<number> {
  let sum = 0
  for (let at = 0; at < json.length; at += unitsAtOnce) {
    sum = sumOfText(json.slice(at, at + unitsAtOnce), sum)
    yield
  }
  const tables = { actions, entries, clients }
  for (const columns of Object.values<Columns>(tables)) {
    for (const name of Object.keys(columns).sort()) {
      const column = columns[name]
      yield
      if (column) sum = sumOfBytes(column, sum)
    }
  }
  return sum
}
