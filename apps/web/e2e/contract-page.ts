// What the page of storage-contract.spec.ts runs in the browser.
import { createId, openBook } from '@tierbook/core'
import { indexedDb } from '@tierbook/core/indexeddb'
import { storageContract } from '@tierbook/core/testing'
import * as Y from 'yjs'

const cases = storageContract((place) => indexedDb({ prefix: place }))

Object.assign(globalThis, {
  contract: {
    names: cases.map(({ name }) => name),
    run: (name: string) => cases.find((each) => each.name === name)?.run(),
    load,
    openOften,
  },
})

/** Opens a book that often, two times of three with an edit; gives how many rows there were at most, and the client's name in the end. */
async function openOften(times: number): Promise<{ mostRows: number; name: string; actions: number }> {
  const id = createId()
  const storage = indexedDb({ prefix: 'often', tidyAfterMs: 0 })
  const open = () => openBook({ id, author: { id, name: 'Ada' }, storage })
  const first = await open()
  const added = await first.addClient({ name: 'Acme' })
  if (!added.ok) throw new Error(added.error.message)
  await first.close()
  let mostRows = 0
  for (let opening = 1; opening <= times; opening++) {
    const before = await countRows(`often:${id}`)
    const book = await open()
    const isEdited = opening % 3 !== 0
    if (isEdited) await book.editClient({ client: added.value.id, name: `Acme ${opening}` })
    await book.flush()
    await book.close()
    const rows = await countRows(`often:${id}`)
    if (!isEdited && rows > before) throw new Error(`opening ${opening} wrote ${rows - before} rows without an edit`)
    mostRows = Math.max(mostRows, rows)
  }
  const last = await open()
  const found = { mostRows, name: last.client(added.value.id)?.name ?? '', actions: last.doc.getArray('log').length }
  await last.close()
  return found
}

const loads = 5

/** Stores a book of `actions` actions and opens it again, several times. */
async function load(actions: number): Promise<{ longestTasksMs: number[]; chunks: number }> {
  const storage = indexedDb({ prefix: 'load', tidyAfterMs: 600_000 })
  const context = { book: `book-${actions}`, onProblem() {} }
  const first = await storage.open({ ...context, doc: new Y.Doc() })
  const doc = new Y.Doc()
  const log = doc.getArray<string>('log')
  const names = doc.getMap('clients')
  for (let place = 0; place < actions; place++) {
    doc.transact(() => {
      if (place % 5 === 0) names.set(`client-${place}/name`, `Client ${place}`)
      log.insert(place, [JSON.stringify({ at: place, by: 'x'.repeat(22), text: 'y'.repeat(250) })])
    })
  }
  await first.replace(doc, [])
  await first.close()

  const longestTasksMs: number[] = []
  for (let round = 0; round < loads; round++) {
    const tasks: number[] = []
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
    observer.observe({ entryTypes: ['longtask'] })
    const loaded = new Y.Doc()
    const again = await storage.open({ ...context, doc: loaded })
    // Entries of the last task come after it.
    await new Promise((resolve) => setTimeout(resolve, 100))
    observer.disconnect()
    if (loaded.getArray('log').length !== actions) throw new Error(`${loaded.getArray('log').length} actions came back`)
    await again.close()
    longestTasksMs.push(Math.round(Math.max(0, ...tasks)))
  }
  return { longestTasksMs, chunks: await countRows(`load:${context.book}`) }
}

async function countRows(name: string): Promise<number> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result)
  })
  const count = await new Promise<number>((resolve) => {
    const request = db.transaction('updates').objectStore('updates').count()
    request.onsuccess = () => resolve(request.result)
  })
  db.close()
  return count
}
