// The same edits as each layout makes them: a client moves to another tier, with its action.
import { createId, memory, openBook } from '@tierbook/core'
import * as Y from 'yjs'
import { type Books, loadNaiveBook, now, openStoredBook, storeBook } from '../book/books.ts'
import type { Layout } from './peer-server.ts'

/** Updates in the order in which they were made. */
export interface Edits {
  readonly updates: readonly Uint8Array[]
  /** The Yjs client id that made them, and its next clock after each. */
  readonly client: number
  readonly clocks: readonly number[]
}

/** Makes `count` edits on a copy of the book. */
export async function makeEdits(books: Books, layout: Layout, count: number): Promise<Edits> {
  return layout === 'ours' ? makeOurs(books, count) : makeNaive(books, count)
}

const tiers = ['starter', 'professional', 'enterprise']

async function makeOurs(books: Books, count: number): Promise<Edits> {
  const book = await openStoredBook(await storeBook(books.ours), books)
  const record = startRecord(book.doc)
  const rows = book.clients().filter(({ status }) => status === 'active')
  for (let i = 0; i < count; i++) {
    const client = rows[i % rows.length]?.id ?? ''
    // Some have moves ahead of them: where one tier is on that day already, the next one is not.
    for (let turn = i; ; turn++) {
      const tier = tiers[turn % tiers.length] ?? ''
      const edited = await book.assignTier({ client, tier, effectiveOn: dayOf(i, rows.length) })
      if (edited.ok) break
      if (turn > i + tiers.length) throw new Error(edited.error.message)
    }
  }
  const edits = record()
  await book.close()
  return edits
}

/** No two edits of a client on one day. */
function dayOf(place: number, clients: number): string {
  return new Date(now() + Math.floor(place / clients) * 86_400_000).toISOString().slice(0, 10)
}

function makeNaive(books: Books, count: number): Promise<Edits> {
  const doc = loadNaiveBook(books.naive)
  const record = startRecord(doc)
  const clients = doc.getMap<Y.Map<unknown>>('clients')
  const log = doc.getArray<object>('log')
  const ids = [...clients.keys()]
  for (let i = 0; i < count; i++) {
    const client = ids[i % ids.length] as string
    doc.transact(() => {
      const from = clients.get(client)?.get('tier')
      const to = tiers[i % 3]
      clients.get(client)?.set('tier', to)
      const by = books.facts.actors[0]?.id
      log.insert(log.length, [
        {
          id: `${doc.clientID}.${i}`,
          at: now(),
          by,
          kind: 'assign',
          client,
          from,
          to,
          effectiveOn: '2026-11-14',
          reason: null,
        },
      ])
    })
  }
  const edits = record()
  doc.destroy()
  return Promise.resolve(edits)
}

function startRecord(doc: Y.Doc): () => Edits {
  const updates: Uint8Array[] = []
  const clocks: number[] = []
  const note = (update: Uint8Array) => {
    updates.push(update)
    clocks.push(Y.parseUpdateMeta(update).to.get(doc.clientID) ?? 0)
  }
  doc.on('update', note)
  return () => {
    doc.off('update', note)
    return { updates, client: doc.clientID, clocks }
  }
}

/** The edits of both layouts. */
export async function makeBoth(books: Books, count: number): Promise<Record<Layout, Edits>> {
  return { ours: await makeEdits(books, 'ours', count), naive: await makeEdits(books, 'naive', count) }
}

/** The first update of a new book, as its owner makes it. */
export async function makeFirstUpdate(actor: string): Promise<Uint8Array> {
  const id = createId()
  const create = { name: 'A small book', timeZone: 'UTC', currency: 'EUR' }
  const book = await openBook({ id, author: { id: actor, name: 'Ada' }, storage: memory(), create })
  const update = Y.encodeStateAsUpdate(book.doc)
  await book.close()
  return update
}
