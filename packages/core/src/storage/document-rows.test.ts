// Rows that are stored while others are put together: a snapshot that was begun before does not hold them, so they must stay.
import 'fake-indexeddb/auto'
import { expect, onTestFinished, test, vi } from 'vitest'
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
  pauseOften()
  const name = `tierbook:${createId()}`
  const rows = await openRows(name)
  const doc = new Y.Doc()
  const pending: Promise<void>[] = []
  doc.on('update', (update: Uint8Array) => pending.push(rows.append([update])))
  const log = doc.getArray<string>('log')
  for (let round = 0; round < 3; round++) {
    // So much that encoding it makes way for other work several times: each of its chunks does.
    for (let edit = 0; edit < 210; edit++) log.push([`before ${round} ${edit} ${'.'.repeat(2_500)}`])
    await Promise.all(pending)
    expect(rows.wantsCompacting).toBe(true)
    let isOver = false
    const compacting = rows.compact(doc).finally(() => (isOver = true))
    let meanwhile = 0
    for (; !isOver; meanwhile++) {
      log.push([`meanwhile ${round} ${meanwhile}`])
      await pending.at(-1)
    }
    expect(meanwhile).toBeGreaterThan(4)
    await compacting
    expect(await read(name)).toEqual(log.toArray())
  }
  await rows.compact(doc)
  expect(await read(name)).toEqual(log.toArray())
  expect(await rows.connection.db.count('updates')).toBeLessThan(10)
  rows.connection.close()
})

/** By this clock every piece of work has lasted long enough to make way for other work. */
function pauseOften(): void {
  let elapsed = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (elapsed += 100))
  onTestFinished(() => clock.mockRestore())
}

/** The log as the next opening finds it. */
async function read(name: string): Promise<string[]> {
  const rows = await openRows(name)
  const doc = new Y.Doc()
  expect(await rows.load(doc)).toEqual([])
  rows.connection.close()
  expect(doc.store.pendingStructs).toBeNull()
  return doc.getArray<string>('log').toArray()
}
