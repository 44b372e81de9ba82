// Snapshots in PostgreSQL, in packed parts; and the one that stands at the start of a log whose earliest updates have no bytes any more.
import { hashUpdate } from '../chain.ts'
import { packSnapshot, readSendable, unpackSnapshot } from '../packed-snapshot.ts'
import { type LogStart, type ServerStorage, SnapshotError, type StoredSnapshot } from '../storage.ts'
import { bytesOf, type Database, type Row } from './database.ts'

/** The part of a storage that is about snapshots. */
export interface PostgresSnapshots extends Pick<ServerStorage, 'saveSnapshot' | 'logStart' | 'trim'> {
  /** The newest, or with `raw` the one at the start of the log. */
  readonly find: (book: string, options: { raw: boolean }) => Promise<StoredSnapshot | null>
}

/** A page holds up to 8 MiB. */
const partsPerRead = 8
/** Updates that are cleared by one statement. */
const clearedAtOnce = 1_000

export function createPostgresSnapshots(database: Database): PostgresSnapshots {
  const { query } = database
  function readSnapshot(book: string, row: Row): StoredSnapshot {
    const seq = row['seq'] as number
    const { state_vector: stateVector, deletes } = row
    const hash = bytesOf(row['hash'])
    return {
      seq,
      outline: stateVector && deletes ? { stateVector: bytesOf(stateVector), deletes: bytesOf(deletes) } : null,
      async read() {
        const pieces =
          row['is_older'] === true
            ? await readOlder(book, seq, hash)
            : await unpackSnapshot(readParts(book, seq, row['parts'] as number), hash)
        if (!pieces) throw new SnapshotError(book, seq)
        return pieces
      },
      async readPacked() {
        if (row['is_older'] === true) return null
        const read = await readSendable(readParts(book, seq, row['parts'] as number), hash)
        if (!read.ok && read.error === 'damaged') throw new SnapshotError(book, seq)
        return read.ok ? read.value : null
      },
    }
  }
  /** Of those that an older program wrote the hash is that of the bytes. */
  async function readOlder(book: string, seq: number, hash: Uint8Array): Promise<readonly Uint8Array[] | null> {
    const [found] = await query('SELECT bytes FROM tierbook_snapshots WHERE book = $1 AND seq = $2', [book, seq])
    const bytes = found && bytesOf(found['bytes'])
    return bytes && Buffer.compare(hash, hashUpdate(bytes)) === 0 ? [bytes] : null
  }
  async function* readParts(book: string, seq: number, parts: number): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < parts; from += partsPerRead) {
      for (const row of await query(sql.parts, [book, seq, from, Math.min(parts, from + partsPerRead)]))
        yield bytesOf(row['bytes'])
    }
  }
  async function logStart(book: string): Promise<LogStart | null> {
    const [row] = await query(sql.start, [book])
    return row ? { trimmedTo: row['trimmed_to'] as number, snapshot: readSnapshot(book, row) } : null
  }
  /** Also what was begun and stopped before; several nodes that do it at once do the same. */
  async function clear(book: string): Promise<void> {
    for (;;) {
      const [row] = await query(sql.start, [book])
      const { cleared_to: from = 0, trimmed_to: end = 0 } = (row ?? {}) as Record<string, number>
      if (from >= end) return
      const to = Math.min(end, from + clearedAtOnce)
      await database.transaction(async (within) => {
        await within("UPDATE tierbook_updates SET bytes = '' WHERE book = $1 AND seq > $2 AND seq <= $3", [
          book,
          from,
          to,
        ])
        await within('UPDATE tierbook_log_starts SET cleared_to = greatest(cleared_to, $2) WHERE book = $1', [book, to])
      })
    }
  }

  return {
    async find(book, { raw }) {
      const [row] = await query(raw ? sql.start : sql.snapshot, [book])
      return row ? readSnapshot(book, row) : null
    },
    async saveSnapshot({ book, seq, bytes, outline }) {
      const { parts, hash } = await packSnapshot(bytes)
      const { stateVector, deletes } = outline ?? { stateVector: null, deletes: null }
      await database.transaction(async (within) => {
        const saved = await within(sql.save, [book, seq, hash, stateVector, deletes, parts.length])
        if (saved.length === 0) return
        for (const [part, packed] of parts.entries()) await within(sql.savePart, [book, seq, part, packed])
        await within(sql.dropParts, [book])
      })
    },
    logStart,
    async trim({ book, seq, trimmedTo }) {
      const isBegun = await database.transaction(async (within) => {
        const begun = await within(sql.saveStart, [book, seq, trimmedTo])
        if (begun.length > 0) await within(sql.dropParts, [book])
        return begun.length > 0
      })
      await clear(book)
      return isBegun
    },
  }
}

const sql = {
  snapshot: `
    SELECT seq, parts, octet_length(bytes) > 0 AS is_older, hash, state_vector, deletes FROM tierbook_snapshots WHERE book = $1`,
  save: `
    INSERT INTO tierbook_snapshots AS kept (book, seq, hash, state_vector, deletes, parts, bytes) VALUES ($1, $2, $3, $4, $5, $6, '')
    ON CONFLICT (book) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, state_vector = excluded.state_vector,
      deletes = excluded.deletes, parts = excluded.parts, bytes = excluded.bytes
    WHERE excluded.seq > kept.seq RETURNING seq`,
  savePart: `
    INSERT INTO tierbook_snapshot_parts (book, seq, part, bytes) VALUES ($1, $2, $3, $4)
    ON CONFLICT (book, seq, part) DO UPDATE SET bytes = excluded.bytes`,
  parts: `
    SELECT bytes FROM tierbook_snapshot_parts WHERE book = $1 AND seq = $2 AND part >= $3 AND part < $4 ORDER BY part`,
  // The snapshot's own, and those of the start of the log, stay.
  dropParts: `
    DELETE FROM tierbook_snapshot_parts WHERE book = $1 AND seq < (SELECT seq FROM tierbook_snapshots WHERE book = $1)
      AND seq IS DISTINCT FROM (SELECT seq FROM tierbook_log_starts WHERE book = $1)`,
  start: 'SELECT * FROM tierbook_log_starts WHERE book = $1',
  // The snapshot's row is locked, so that nobody replaces it and drops its parts meanwhile.
  saveStart: `
    WITH held AS (
      SELECT * FROM tierbook_snapshots
      WHERE book = $1 AND seq = $2 AND parts > 0 AND octet_length(bytes) = 0 AND deletes IS NOT NULL FOR UPDATE
    )
    INSERT INTO tierbook_log_starts AS kept (book, seq, trimmed_to, cleared_to, parts, hash, state_vector, deletes)
    SELECT book, seq, $3, 0, parts, hash, state_vector, deletes FROM held
    ON CONFLICT (book) DO UPDATE SET seq = excluded.seq, trimmed_to = excluded.trimmed_to, parts = excluded.parts, hash = excluded.hash,
      state_vector = excluded.state_vector, deletes = excluded.deletes
    WHERE excluded.trimmed_to > kept.trimmed_to RETURNING seq`,
} as const
