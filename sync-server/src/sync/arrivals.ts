// What other servers stored of a book that this one has open: read behind the position that it knows, and compared with what it is about to store.
import { parseUpdateMeta } from 'yjs'
import type { ServerStorage, StoredUpdate } from '../storage/storage.ts'
import type { Turn } from './turn.ts'

/** An update of the chain that another server admitted. */
export interface Arrival extends StoredUpdate {
  /** Ids of the actions it brought. */
  readonly actions: readonly string[]
}

/** In order, from behind `after` up to `to`. */
export async function readArrivals(
  storage: ServerStorage,
  book: string,
  { after, to }: { after: number; to: number },
): Promise<Arrival[]> {
  if (to <= after) return []
  const actions = new Map<number, readonly string[]>()
  const readActions = async () => {
    for await (const receipts of storage.receipts(book, { after })) {
      if (receipts.seq > to) return
      actions.set(receipts.seq, receipts.actions)
    }
  }
  const [rows] = await Promise.all([Array.fromAsync(storage.updates(book, { from: after + 1, to })), readActions()])
  return rows.map((row) => ({ ...row, actions: actions.get(row.seq) ?? [] }))
}

/** Yjs client ids that wrote. */
export function writersOf(updates: readonly { readonly bytes: Uint8Array }[]): Set<number> {
  return new Set(updates.flatMap(({ bytes }) => [...parseUpdateMeta(bytes).to.keys()]))
}

/**
 * Whether all that a turn took would be taken again behind what arrived. Admission asks of a book: next clocks and owners of the sender's own
 * client ids, whether something is known, whether something is deleted, the largest counter, and whether the book is being founded. Others' updates
 * make more known, more deleted and the counter larger, and each of these only allows more. So the turn stands unless both wrote under one client
 * id, or an owner was founding the book (docs/decisions/0072-catch-up-judge-again.md).
 */
export function stillStands(turn: Pick<Turn, 'updates' | 'isFounding'>, arrivals: readonly Arrival[]): boolean {
  if (arrivals.length === 0 || turn.updates.length === 0) return true
  const own = writersOf(turn.updates)
  return !turn.isFounding && [...writersOf(arrivals)].every((client) => !own.has(client))
}
