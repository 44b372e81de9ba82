// Snapshots in SQLite, in packed parts; and the one that stands at the start of a log whose earliest updates have no bytes any more.
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { hashUpdate } from './chain.ts'
import { packSnapshot, readSendable, unpackSnapshot } from './packed-snapshot.ts'
import { type LogStart, type ServerStorage, SnapshotError, type StoredSnapshot } from './storage.ts'

/** The part of a storage that is about snapshots. */
export interface SqliteSnapshots extends Pick<ServerStorage, 'saveSnapshot' | 'logStart' | 'trim'> {
  /** The newest, or with `raw` the one at the start of the log. */
  readonly find: (book: string, options: { raw: boolean }) => StoredSnapshot | null
}

/** Updates that are cleared before something else gets its turn. */
const clearedAtOnce = 200

export function createSqliteSnapshots(database: DatabaseSync, inTransaction: <T>(work: () => T) => T): SqliteSnapshots {
  const sql = prepareStatements(database)

  function readSnapshot(book: string, row: Row): StoredSnapshot {
    const seq = row['seq'] as number
    const hash = row['hash'] as Uint8Array | null
    const stateVector = row['state_vector'] as Uint8Array | null
    const deletes = row['deletes'] as Uint8Array | null
    return {
      seq,
      outline: stateVector && deletes ? { stateVector, deletes } : null,
      async read() {
        const parts = row['parts'] as number
        const pieces =
          parts === 0 ? readOlder(book, seq, hash) : hash && (await unpackSnapshot(readParts(book, seq, parts), hash))
        if (!pieces) throw new SnapshotError(book, seq)
        return pieces
      },
      async readPacked() {
        const parts = row['parts'] as number
        if (parts === 0 || !hash) return null
        const read = await readSendable(readParts(book, seq, parts), hash)
        if (!read.ok && read.error === 'damaged') throw new SnapshotError(book, seq)
        return read.ok ? read.value : null
      },
    }
  }
  /** Of those that an older program wrote the hash is that of the bytes; the oldest have none. */
  function readOlder(book: string, seq: number, hash: Uint8Array | null): readonly Uint8Array[] | null {
    const bytes = sql.olderBytes.get(book, seq)?.['bytes'] as Uint8Array | undefined
    return bytes && (!hash || Buffer.compare(hash, hashUpdate(bytes)) === 0) ? [bytes] : null
  }
  async function* readParts(book: string, seq: number, parts: number): AsyncGenerator<Uint8Array> {
    for (let part = 0; part < parts; part++) {
      const row = sql.part.get(book, seq, part)
      if (!row) throw new SnapshotError(book, seq)
      yield row['bytes'] as Uint8Array
      if (part < parts - 1) await nextTurn()
    }
  }
  async function logStart(book: string): Promise<LogStart | null> {
    const row = sql.start.get(book)
    return row ? { trimmedTo: row['trimmed_to'] as number, snapshot: readSnapshot(book, row) } : null
  }
  /** Also what was begun and stopped before. */
  async function clear(book: string): Promise<void> {
    for (;;) {
      const { cleared_to: from = 0, trimmed_to: end = 0 } = (sql.start.get(book) ?? {}) as Record<string, number>
      if (from >= end) return
      const to = Math.min(end, from + clearedAtOnce)
      inTransaction(() => {
        sql.clear.run(book, from, to)
        sql.noteCleared.run(to, book)
      })
      await nextTurn()
    }
  }

  return {
    find(book, { raw }) {
      const row = (raw ? sql.start : sql.snapshot).get(book)
      return row ? readSnapshot(book, row) : null
    },
    async saveSnapshot({ book, seq, bytes, outline }) {
      if (((sql.snapshot.get(book)?.['seq'] as number | undefined) ?? -1) >= seq) return
      const { parts, hash } = await packSnapshot(bytes)
      const { stateVector, deletes } = outline ?? { stateVector: null, deletes: null }
      // One by one, so that edits come in between: nobody reads them before the snapshot names them.
      for (const [part, packed] of parts.entries()) {
        sql.savePart.run(book, seq, part, packed)
        if (part < parts.length - 1) await nextTurn()
      }
      inTransaction(() => {
        sql.save.run({ book, seq, parts: parts.length, hash, stateVector, deletes })
        sql.dropParts.run({ book })
      })
    },
    logStart,
    async trim({ book, seq, trimmedTo }) {
      const isBegun = inTransaction(() => sql.saveStart.run(trimmedTo, book, seq).changes === 1)
      if (isBegun) inTransaction(() => sql.dropParts.run({ book }))
      await clear(book)
      return isBegun
    },
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    snapshot: database.prepare('SELECT seq, parts, hash, state_vector, deletes FROM snapshots WHERE book = ?'),
    olderBytes: database.prepare('SELECT bytes FROM snapshots WHERE book = ? AND seq = ?'),
    part: database.prepare('SELECT bytes FROM snapshot_parts WHERE book = ? AND seq = ? AND part = ?'),
    save: database.prepare(`
      INSERT INTO snapshots (book, seq, bytes, parts, hash, state_vector, deletes)
      VALUES (:book, :seq, x'', :parts, :hash, :stateVector, :deletes)
      ON CONFLICT DO UPDATE SET seq = excluded.seq, bytes = excluded.bytes, parts = excluded.parts, hash = excluded.hash,
        state_vector = excluded.state_vector, deletes = excluded.deletes
      WHERE excluded.seq > seq
    `),
    savePart: database.prepare(
      'INSERT INTO snapshot_parts (book, seq, part, bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes',
    ),
    // The snapshot's own, and those of the start of the log, stay; so do those of one that is being stored.
    dropParts: database.prepare(`
      DELETE FROM snapshot_parts WHERE book = :book AND seq < (SELECT seq FROM snapshots WHERE book = :book)
        AND seq IS NOT (SELECT seq FROM log_starts WHERE book = :book)
    `),
    start: database.prepare('SELECT * FROM log_starts WHERE book = ?'),
    saveStart: database.prepare(`
      INSERT INTO log_starts (book, seq, trimmed_to, cleared_to, parts, hash, state_vector, deletes)
      SELECT book, seq, ?, 0, parts, hash, state_vector, deletes FROM snapshots
      WHERE book = ? AND seq = ? AND parts > 0 AND deletes IS NOT NULL
      ON CONFLICT DO UPDATE SET seq = excluded.seq, trimmed_to = excluded.trimmed_to, parts = excluded.parts, hash = excluded.hash,
        state_vector = excluded.state_vector, deletes = excluded.deletes
      WHERE excluded.trimmed_to > trimmed_to
    `),
    clear: database.prepare("UPDATE updates SET bytes = x'' WHERE book = ? AND seq > ? AND seq <= ?"),
    noteCleared: database.prepare('UPDATE log_starts SET cleared_to = ? WHERE book = ?'),
  }
}

type Row = NonNullable<ReturnType<ReturnType<typeof prepareStatements>['start']['get']>>
