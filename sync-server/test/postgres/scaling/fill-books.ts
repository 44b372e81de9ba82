// Books by the thousand: one real book, written through the storage and copied row by row inside the database.
import { createId, memory, openBook } from '@tierbook/core'
import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import type { PostgresStorage } from '../../../src/storage/postgres/storage.ts'
import type { SamplePostgres } from '../sample-postgres.ts'

/** What each book has. */
export interface TemplateBook {
  readonly clients: number
  readonly updates: number
  readonly updateBytes: number
  readonly snapshotBytes: number
}

/** Id of the `n`th copied book: as long and as scattered as real ones are. */
export const idOf = (n: number): string => createHash('md5').update(`book ${n}`).digest('hex').slice(0, 22)
const template = 'template00000000000000'
const booksAStatement = 50_000

/** Writes the book that others are copies of: `clients` clients, an update each, a snapshot of all but the last tenth. */
export async function writeTemplate(storage: PostgresStorage, clients: number): Promise<TemplateBook> {
  const author = { id: createId(), name: 'Ada' }
  const book = await openBook({ id: createId(), author, storage: memory() })
  const updates: Uint8Array[] = [Y.encodeStateAsUpdate(book.doc)]
  book.doc.on('update', (update: Uint8Array) => updates.push(update))
  await book.editBook({ name: 'An MSP', timeZone: 'UTC', currency: 'EUR' })
  for (let n = 0; n < clients; n++)
    await book.addClient({ name: `Client ${n} of a small MSP`, tier: n % 3 === 0 ? 'enterprise' : 'starter' })
  await book.close()
  const written = updates.map((bytes) => ({ bytes, actor: author.id, device: author.id, receivedAt: 1, actions: [] }))
  const bindings = new Map([[book.doc.clientID, author.id]])
  await storage.registerBook({ book: template, actor: author.id, now: 1 })
  await storage.access.admit({
    ...{ book: template, actor: author.id, device: author.id, now: 1 },
    ...{ name: 'Ada', deviceName: 'Laptop', role: 'owner' },
  })
  await storage.commit([{ book: template, expectedSeq: 0, updates: written, bindings, largestN: clients }])
  const seq = Math.ceil(updates.length * 0.9)
  const doc = new Y.Doc()
  for (const update of updates.slice(0, seq)) Y.applyUpdate(doc, update)
  const bytes = Y.encodeStateAsUpdate(doc)
  await storage.saveSnapshot({ book: template, seq, bytes, outline: null })
  return {
    clients,
    updates: updates.length,
    updateBytes: updates.reduce((sum, one) => sum + one.length, 0),
    snapshotBytes: bytes.length,
  }
}

/** Makes the books `from` to `to`. Their rows are the template's with another id, so a chain of theirs does not verify; all else is as it would be. */
export async function copyBooks(postgres: SamplePostgres, url: string, range: { from: number; to: number }) {
  for (let from = range.from; from <= range.to; from += booksAStatement) {
    const to = Math.min(range.to, from + booksAStatement - 1)
    for (const [table, columns] of Object.entries(copied)) {
      await postgres.run(
        url,
        `INSERT INTO ${table} (book, ${columns}) SELECT ids.book, ${columns} FROM (${ids(from, to)}) ids, ${table} t
         WHERE t.book = '${template}' ORDER BY ids.n`,
      )
    }
  }
  await postgres.run(url, 'VACUUM ANALYZE')
}

const copied = {
  tierbook_books: 'created_at, created_by, generation',
  tierbook_updates:
    'seq, prev_hash, update_hash, hash, actor, device, received_at, largest_n, is_shared, actions, bytes',
  tierbook_bindings: 'client_id, actor',
  tierbook_snapshots: 'seq, hash, state_vector, deletes, parts, bytes',
  tierbook_snapshot_parts: 'seq, part, bytes',
  tierbook_actors: 'actor, joined_at, name, role, revoked_at',
  tierbook_known_actors: 'actor',
  tierbook_devices: 'actor, device, name, first_seen_at, last_seen_at, revoked_at',
} as const

const ids = (from: number, to: number) =>
  `SELECT n, left(md5('book ' || n), 22) AS book FROM generate_series(${from}, ${to}) n`
