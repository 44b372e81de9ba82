// Rows that are stored while others are put together: a snapshot that was begun before does not hold them, so they must stay.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import { openDocumentRows } from './document-rows.ts'

const openRows = (name: string) =>
  openDocumentRows({
    name,
    timeoutMs: 5_000,
    onLost(problem) {
      throw problem
    },
  })

test('[F29] [KD4] no row is lost that comes while rows are put together, and the next time it goes with the others', async () => {
  const name = `tierbook:${createId()}`
  const rows = await openRows(name)
  const doc = new Y.Doc()
  const pending: Promise<void>[] = []
  doc.on('update', (update: Uint8Array) => pending.push(rows.append([update])))
  const log = doc.getArray<string>('log')
  for (let round = 0; round < 3; round++) {
    // So much that encoding it makes way for other work several times.
    for (let edit = 0; edit < 210; edit++) log.push(Array.from({ length: 100 }, () => `before ${round} ${edit}`))
    await Promise.all(pending)
    expect(rows.wantsCompacting).toBe(true)
    let isOver = false
    const compacting = rows.compact(doc).finally(() => (isOver = true))
    while (!isOver) {
      log.push([`meanwhile ${round}`])
      await new Promise((resolve) => setImmediate(resolve))
    }
    await compacting
    await Promise.all(pending)
    expect(await read(name)).toEqual(log.toArray())
  }
  await rows.compact(doc)
  expect(await read(name)).toEqual(log.toArray())
  expect(await rows.connection.db.count('updates')).toBeLessThan(10)
  rows.connection.close()
})

/** The log as the next opening finds it. */
async function read(name: string): Promise<string[]> {
  const rows = await openRows(name)
  const doc = new Y.Doc()
  expect(await rows.load(doc)).toEqual([])
  rows.connection.close()
  expect(doc.store.pendingStructs).toBeNull()
  return doc.getArray<string>('log').toArray()
}
