// What is known of a document's stored rows, and what every write to them makes sure of.
import type { DBSchema } from 'idb'
import type { SnapshotMark } from './snapshot.ts'
import { StorageError } from './storage-error.ts'

/** The stores of the rows' database. */
export interface DocumentSchema extends DBSchema {
  updates: { key: number; value: Uint8Array }
  /** y-indexeddb leaves this store to the app. */
  custom: { key: string; value: unknown }
}

/** Names of values in `custom`. */
export const replicaKey = 'tierbook-replica'
export const snapshotKey = 'tierbook-snapshot'

/** Changes as rows are read, written and put together. */
export interface RowsState {
  replica: string
  /** Keys of rows whose content is in the document, with their bytes. */
  known: Map<number, number>
  base: SnapshotMark | null
  /** Rows without a checksum are there: putting them together gives them one. */
  hasBare: boolean
  /** How often the database was connected again: keys of an earlier one may name other rows in this one. */
  reopened: number
}

/** Thrown by a write that found another document in this one's place. */
export class ReplacedError extends Error {}

/** Whether the row `key` belongs to the snapshot. */
export function isIn(mark: SnapshotMark | null, key: number): boolean {
  return mark !== null && key >= mark.first && key <= mark.last
}

/**
 * A tab that still shows the document before must not write it into the one that took its place. A database without a name was made anew and holds
 * nothing yet: an edit alone would stand on nothing there.
 */
export async function expectReplica(
  stored: Promise<unknown>,
  expected: string,
  { mayBeUnnamed = false }: { mayBeUnnamed?: boolean } = {},
): Promise<void> {
  const came = await stored
  if (came === expected || (came === undefined && mayBeUnnamed)) return
  if (came === undefined) throw new StorageError('removed', 'another tab deleted the storage of this book')
  throw new ReplacedError(`expected the document ${expected} here, got ${JSON.stringify(came)}`)
}

/** Ends a transaction whose write failed. */
export function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort()
  } catch {
    // It has ended already.
  }
}
