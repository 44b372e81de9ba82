// Small books of their own, each with its owner's edits made ahead.
import { createId, memory, openBook } from '@tierbook/core'
import * as Y from 'yjs'
import type { Layout } from './peer-server.ts'

/** A book with what its writer will send. */
export interface SmallBook {
  readonly room: string
  readonly actor: string
  /** The book before the edits. */
  readonly first: Uint8Array
  /** The Yjs client id that made the edits. */
  readonly client: number
  readonly edits: readonly { readonly update: Uint8Array; readonly clock: number }[]
}

/** Makes `count` books of `edits` edits each, a client added by each of them. */
export async function makeSmallBooks(
  layout: Layout,
  { count, edits }: { count: number; edits: number },
): Promise<SmallBook[]> {
  const books: SmallBook[] = []
  for (let i = 0; i < count; i++) books.push(layout === 'ours' ? await makeOurs(edits) : makeNaive(edits))
  return books
}

async function makeOurs(count: number): Promise<SmallBook> {
  const [room, actor] = [createId(), createId()]
  const book = await openBook({
    id: room,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    signed: false, // no server checks signatures, and making hundreds of thousands would take minutes
    create: { name: 'A small book', timeZone: 'UTC', currency: 'EUR' },
  })
  const recorded = record(book.doc)
  for (let i = 0; i < count; i++) await book.addClient({ name: `Client ${i}`, tier: 'starter' })
  await book.close()
  return { room, actor, ...recorded }
}

function makeNaive(count: number): SmallBook {
  const doc = new Y.Doc()
  const clients = doc.getMap<Y.Map<unknown>>('clients')
  const log = doc.getArray<object>('log')
  doc.getMap('book').set('name', 'A small book')
  const actor = createId()
  const recorded = record(doc)
  for (let i = 0; i < count; i++) {
    doc.transact(() => {
      const id = createId()
      const client = new Y.Map<unknown>(Object.entries({ name: `Client ${i}`, tier: 'starter' }))
      clients.set(id, client)
      log.push([{ id: createId(), at: Date.now(), by: actor, kind: 'add', client: id, to: 'starter' }])
    })
  }
  doc.destroy()
  return { room: createId(), actor, ...recorded }
}

function record(doc: Y.Doc): Pick<SmallBook, 'first' | 'client' | 'edits'> {
  const edits: { update: Uint8Array; clock: number }[] = []
  const client = doc.clientID
  const first = Y.encodeStateAsUpdate(doc)
  doc.on('update', (update: Uint8Array) => edits.push({ update, clock: Y.parseUpdateMeta(update).to.get(client) ?? 0 }))
  return { first, client, edits }
}
