// A kill at each step of a recovery (SY3): the disk is copied as it is then, and the book opened from the copy.
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { verifyLog } from '../src/audit.ts'
import { closeCode } from '../src/protocol.ts'
import { createId } from '../src/schema/ids.ts'
import { indexedDb } from '../src/storage/indexeddb.ts'
import type { BookStorage, StorageHandle } from '../src/storage/storage.ts'
import { type Admit, createHub, type Hub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'
import { settle } from './settle.ts'
import { cloneDatabase } from './clone-database.ts'
import { replaceTabChannels, type TabChannels } from './model/tab-channels.ts'

let channels: TabChannels
beforeEach(() => (channels = replaceTabChannels()))
afterEach(() => channels.restore())

const logOf = (hub: Hub) => hub.doc.getArray<string>('log').toArray()

/** Calls `step` behind each write that a recovery waits for. */
function watched(storage: BookStorage, step: (name: string) => Promise<void>): BookStorage {
  return {
    async open(context) {
      const handle = await storage.open(context)
      const after = async <T>(name: string, work: Promise<T>) => {
        const value = await work
        await step(name)
        return value
      }
      const watchedHandle: StorageHandle = {
        ...handle,
        marks: { ...handle.marks, set: (key, value) => after(`set ${key}`, handle.marks.set(key, value)) },
        aside: { ...handle.aside, add: (items) => after('set aside', handle.aside.add(items)) },
        replace: (doc, taken) => after('replace', handle.replace(doc, taken)),
      }
      return watchedHandle
    },
  }
}

test('[SY3] [LG6] [F5] a recovery that is killed at any step leaves no gap undeclared, nothing of what was typed is lost, and it is sent once', async () => {
  const admit: Admit = (update) =>
    new TextDecoder().decode(update).includes('Forbidden')
      ? { closeCode: closeCode.refused, reason: 'invalid-action: Forbidden' }
      : null
  const hub = createHub({ admit })
  const [id, author] = [createId(), authorNamed('Ada')]
  const link = hub.link()
  const kills: { prefix: string; step: string }[] = []
  let isRecovering = false
  const storage = watched(indexedDb(), async (step) => {
    if (!isRecovering) return
    const prefix = `kill-${kills.length}`
    for (const part of ['', '-journal']) await cloneDatabase(`tierbook${part}:${id}`, `${prefix}${part}:${id}`)
    kills.push({ prefix, step })
    // What the process does after it was killed must not reach the server.
    if (step === 'replace') link.disconnect()
  })
  const book = await openForTest({ id, author, storage, sync: link.sync })
  hub.deliverAll()
  await done(book.addClient({ name: 'Before' }))
  hub.deliverAll()
  await book.flush()
  isRecovering = true
  for (const name of ['Forbidden', 'After']) await done(book.addClient({ name }))
  await settle(hub, book, ({ recovery }) => recovery?.phase === 'done')
  isRecovering = false
  await book.close()
  expect(kills.map(({ step }) => step)).toEqual(
    expect.arrayContaining([
      'set aside',
      'set undeclared-refusals',
      'replace',
      'set durable-clocks',
      'set recovery-report',
    ]),
  )
  expect(logOf(hub).some((text) => text.includes('action.withdrawn'))).toBe(false)

  const server = Y.encodeStateAsUpdate(hub.doc)
  for (const { prefix, step } of kills) {
    const other = createHub({ admit })
    Y.applyUpdate(other.doc, server)
    const again = await openForTest({ id, author, storage: indexedDb({ prefix }), sync: other.link().sync })
    const isDeclared = () => logOf(other).some((text) => text.includes('action.withdrawn'))
    await settle(
      other,
      again,
      ({ sync, unsent, recovery }) => sync === 'online' && unsent === 0 && recovery?.phase === 'done' && isDeclared(),
    )
    expect(
      again.clients().map((row) => row.name),
      step,
    ).toEqual(['After', 'Before'])
    // Whatever was told before the kill, what was refused is told after it, once.
    expect(again.status.recovery, step).toMatchObject({ phase: 'done', refused: 1, ofOthers: 0 })
    expect(await verifyLog(again), step).toMatchObject({ withdrawn: 1, problems: [] })
    expect(
      logOf(other).filter((text) => text.includes('client.added')),
      step,
    ).toHaveLength(2)
    // And a third opening has nothing left to declare.
    await again.close()
    const third = await openForTest({ id, author, storage: indexedDb({ prefix }), sync: other.link().sync })
    await settle(other, third, ({ sync, unsent }) => sync === 'online' && unsent === 0)
    expect(
      logOf(other).filter((text) => text.includes('action.withdrawn')),
      step,
    ).toHaveLength(1)
    await third.close()
  }
})
