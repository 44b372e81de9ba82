// What a command needs before it can write at all: whom to write as, and with which key. Where that cannot be had once, typing goes on.
import { expect, test, vi } from 'vitest'
import { verifyLog } from '../src/audit.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import type { BookStorage, StorageHandle } from '../src/storage/storage.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'

/** Storage in memory, of which `out` puts some marks out of reach. */
function memoryWith(out: (marks: StorageHandle['marks']) => Partial<StorageHandle['marks']>): BookStorage {
  const storage = memory()
  return {
    async open(context) {
      const handle = await storage.open(context)
      return { ...handle, marks: { ...handle.marks, ...out(handle.marks) } }
    },
  }
}

const fail = () => Promise.reject(new DOMException('the database connection is closing', 'InvalidStateError'))
const decides = (mark: string) => mark.startsWith('device-')

test.each<[string, BookStorage]>([
  ['read', memoryWith(({ get }) => ({ get: (mark) => (decides(mark) ? fail() : get(mark)) }))],
  [
    'written',
    memoryWith(({ set }) => ({ set: (mark, value) => (mark === 'device-again' ? fail() : set(mark, value)) })),
  ],
])('[F4] [LG6] where it cannot be %s whom this device writes as, it writes as another one', async (_what, storage) => {
  const [hub, me] = [createHub(), { author: authorNamed('Ada'), device: createId() }]
  const first = await openForTest({ ...me, sync: hub.link().sync })
  hub.deliverAll()
  await done(first.addClient({ name: 'Acme' }))
  hub.deliverAll()
  const book = await openForTest({ ...me, id: first.id, storage, sync: hub.link().sync })
  hub.deliverAll()
  for (const name of ['Bolt', 'Cork']) await done(book.addClient({ name }))
  const { actions, vouched, problems } = await verifyLog(book)
  expect({ actions, vouched, problems }).toEqual({ actions: 3, vouched: 3, problems: [] })
})

test('[F4] a session of writing that cannot be begun is begun with the next command', async () => {
  const book = await openForTest()
  const request = vi.spyOn(navigator.locks, 'request').mockRejectedValueOnce(new Error('no locks now'))
  expect(await book.addClient({ name: 'Acme' })).toMatchObject({ ok: false, error: { code: 'not-loaded' } })
  await done(book.addClient({ name: 'Acme' }))
  request.mockRestore()
})
