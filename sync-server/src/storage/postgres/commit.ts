// The commit: one statement for several books, which writes rows and nothing in place. The key (book, seq) settles who was first.
import { hashRow, hashUpdate } from '../chain.ts'
import { type BookRecord, type BookWrite, ConflictError } from '../storage.ts'
import { type Database, type Row, sqlState } from './database.ts'

/** How safe a statement is that asked the session that ran it for {@link durabilityColumns}. */
export type Durability = 'stored' | 'replicated'

/**
 * What decides how safe a commit is, asked in its own session: with `remote_apply` and somebody to wait for, it comes back once a standby has applied
 * it. Engines that have no such setting say nothing.
 */
export const durabilityColumns = `current_setting('synchronous_commit', true) AS waits_for, current_setting('synchronous_standby_names', true) AS standbys`

/** Reads the row of a statement that has come back. */
export function readDurability(row: Row | undefined): Durability {
  return row?.['waits_for'] === 'remote_apply' && (row['standbys'] ?? '') !== '' ? 'replicated' : 'stored'
}

/** A book's state as a commit leaves it. */
export type BookState = Pick<BookRecord, 'seq' | 'head' | 'firstWriter' | 'isShared' | 'largestN'>

/**
 * Stores all writes or none. `states` are those that the writes build on; gives those after them, and how safe they are. Rejects with a {@link ConflictError} where
 * another node wrote meanwhile: a row of that `seq`, or another actor's name to a client id.
 */
export async function commitWrites(
  database: Database,
  writes: readonly BookWrite[],
  states: readonly BookState[],
): Promise<{ after: BookState[]; durability: Durability }> {
  const { rows, after } = chainRows(writes, states)
  const bindings = writes.flatMap(({ book, bindings: bound }) =>
    [...bound].map(([client, actor]) => ({ book, client, actor })),
  )
  // Every node inserts in the same order, so that two commits wait for each other in one direction only.
  rows.sort((a, b) => compare(a.book, b.book) || a.seq - b.seq)
  bindings.sort((a, b) => compare(a.book, b.book) || a.client - b.client)
  const known = newActors(rows, bindings)
  const values = [
    writes.map(({ book }) => book),
    writes.map(({ expectedSeq }) => expectedSeq),
    states.map(({ head }) => head),
    rows.map(({ book }) => book),
    rows.map(({ seq }) => seq),
    rows.map(({ previousHash }) => previousHash),
    rows.map(({ updateHash }) => updateHash),
    rows.map(({ hash }) => hash),
    rows.map(({ actor }) => actor),
    rows.map(({ device }) => device),
    rows.map(({ receivedAt }) => receivedAt),
    rows.map(({ largestN }) => largestN),
    rows.map(({ isShared }) => isShared),
    rows.map(({ actions }) => actions),
    rows.map(({ bytes }) => bytes.length),
    Buffer.concat(rows.map(({ bytes }) => bytes)),
    bindings.map(({ book }) => book),
    bindings.map(({ client }) => client),
    bindings.map(({ actor }) => actor),
    known.map(({ book }) => book),
    known.map(({ actor }) => actor),
  ]
  try {
    const [row] = await database.query(commitStatement, values)
    return { after, durability: readDurability(row) }
  } catch (error) {
    const state = sqlState(error) ?? ''
    if (!conflictStates.has(state)) throw error
    throw new ConflictError(await booksMovedOn(database, writes, states), { cause: error })
  }
}

/** unique_violation, division_by_zero (what the statement fails with itself), serialization_failure, deadlock_detected. */
const conflictStates: ReadonlySet<string> = new Set(['23505', '22012', '40001', '40P01'])

/**
 * Writes whose book is not in the state they build on end the statement with a division by zero: plain SQL has no other way to say no. The
 * updates' bytes come in one piece, which is sent as it is; an array of them would be written out in hexadecimal twice.
 */
const commitStatement = `
  WITH put AS (
    INSERT INTO tierbook_updates
      (book, seq, prev_hash, update_hash, hash, actor, device, received_at, largest_n, is_shared, actions, bytes)
    SELECT u.book, u.seq, u.prev_hash, u.update_hash, u.hash, u.actor, u.device, u.received_at, u.largest_n, u.is_shared, u.actions,
      substring($16::bytea FROM (sum(u.size) OVER (ORDER BY u.place) - u.size + 1)::int FOR u.size::int)
    FROM unnest($4::text[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bytea[], $9::text[], $10::text[], $11::bigint[], $12::bigint[],
        $13::boolean[], $14::text[], $15::bigint[])
      WITH ORDINALITY
      AS u (book, seq, prev_hash, update_hash, hash, actor, device, received_at, largest_n, is_shared, actions, size, place)
    ORDER BY u.place
  ), bound AS (
    INSERT INTO tierbook_bindings (book, client_id, actor)
    SELECT * FROM unnest($17::text[], $18::bigint[], $19::text[])
  ), known AS (
    INSERT INTO tierbook_known_actors (book, actor)
    SELECT * FROM unnest($20::text[], $21::text[]) ON CONFLICT DO NOTHING
  )
  SELECT 1 / (CASE WHEN count(*) = 0 THEN 1 ELSE 0 END) AS done, ${durabilityColumns}
  FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS w (book, seq, head)
  WHERE NOT CASE WHEN w.seq = 0
    THEN EXISTS (SELECT 1 FROM tierbook_books b WHERE b.book = w.book)
    ELSE EXISTS (SELECT 1 FROM tierbook_updates u WHERE u.book = w.book AND u.seq = w.seq AND u.hash = w.head)
  END
`

interface ChainedRow {
  readonly book: string
  readonly seq: number
  readonly previousHash: Uint8Array
  readonly updateHash: Uint8Array
  readonly hash: Uint8Array
  readonly actor: string
  readonly device: string
  readonly receivedAt: number
  readonly largestN: number
  readonly isShared: boolean
  readonly actions: string | null
  readonly bytes: Uint8Array
}

function chainRows(
  writes: readonly BookWrite[],
  states: readonly BookState[],
): { rows: ChainedRow[]; after: BookState[] } {
  const rows: ChainedRow[] = []
  const after = writes.map(({ book, updates, largestN: wanted }, i) => {
    let { seq, head, firstWriter, isShared, largestN } = states[i] as BookState
    if (updates.length > 0) largestN = Math.max(largestN, wanted)
    for (const update of updates) {
      const { bytes, actor, device, receivedAt, actions } = update
      const updateHash = update.updateHash ?? hashUpdate(bytes)
      const previousHash = head
      seq++
      head = hashRow({ previousHash, updateHash, book, seq, update })
      firstWriter ??= actor
      isShared ||= firstWriter !== actor
      const ids = actions.length > 0 ? actions.join(' ') : null
      const row = { book, seq, previousHash, updateHash, hash: head, actor, device, receivedAt }
      rows.push({ ...row, largestN, isShared, actions: ids, bytes })
    }
    return { seq, head, firstWriter, isShared, largestN }
  })
  return { rows, after }
}

interface BookActor {
  readonly book: string
  readonly actor: string
}

/** Those whom a book may not have known: who writes first, and whose a client id becomes. Each once, in one order on every node. */
function newActors(rows: readonly (BookActor & { seq: number })[], bindings: readonly BookActor[]): BookActor[] {
  const found = new Map<string, BookActor>()
  for (const { book, actor } of [...rows.filter(({ seq }) => seq === 1), ...bindings])
    found.set(JSON.stringify([book, actor]), { book, actor })
  return [...found.values()].sort((a, b) => compare(a.book, b.book) || compare(a.actor, b.actor))
}

/** Which of the books are not as their writers believed; all of them where that cannot be seen any more. */
async function booksMovedOn(
  { query }: Database,
  writes: readonly BookWrite[],
  states: readonly BookState[],
): Promise<readonly string[]> {
  const books = writes.map(({ book }) => book)
  const moved = await query(
    `SELECT w.book FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS w (book, seq, head)
     WHERE EXISTS (SELECT 1 FROM tierbook_updates u WHERE u.book = w.book AND u.seq = w.seq + 1)
       OR w.seq > 0 AND NOT EXISTS (SELECT 1 FROM tierbook_updates u WHERE u.book = w.book AND u.seq = w.seq AND u.hash = w.head)
       OR NOT EXISTS (SELECT 1 FROM tierbook_books b WHERE b.book = w.book)`,
    [books, writes.map(({ expectedSeq }) => expectedSeq), states.map(({ head }) => head)],
  )
  const bindings = writes.flatMap(({ book, bindings: bound }) => [...bound.keys()].map((client) => ({ book, client })))
  const bound = await query(
    `SELECT DISTINCT b.book FROM unnest($1::text[], $2::bigint[]) AS w (book, client_id)
     JOIN tierbook_bindings b ON b.book = w.book AND b.client_id = w.client_id`,
    [bindings.map(({ book }) => book), bindings.map(({ client }) => client)],
  )
  const found = new Set([...moved, ...bound].map((row) => row['book'] as string))
  return found.size > 0 ? [...found] : books
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
