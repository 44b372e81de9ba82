// A journal that is exchanged with its document while a write is under way.
import { afterEach, expect, test, vi } from 'vitest'
import type { StorageHandle } from '../storage/storage.ts'
import { createDurability } from './durability.ts'
import { createKeeper } from './keeper.ts'

afterEach(() => vi.useRealTimers())

type Append = StorageHandle['journal']['append']
const recordOf = (id: string) => ({ id, update: new Uint8Array([0, 0]) })
const partsOf = (append: Append, documentName = () => 'the only one') => ({
  storage: { journal: { append }, flush: () => Promise.resolve(), documentName } as unknown as StorageHandle,
  durability: createDurability(new Map()),
  hasSync: false,
  onChange() {},
})

test('[F5] [SY3] a write tried again in the moment in which documents are exchanged does not pass for the next one’s', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const keeper = createKeeper()
  let endWrite = () => {}
  const before = vi
    .fn<Append>()
    .mockRejectedValueOnce(new Error('full'))
    .mockImplementation(() => new Promise((resolve) => (endWrite = resolve)))
  keeper.start(partsOf(before))
  keeper.keep(recordOf('old'))
  await keeper.settled()
  expect(keeper.problem).not.toBeNull()
  vi.advanceTimersByTime(1_000)
  await vi.waitUntil(() => before.mock.calls.length === 2)

  const after = vi.fn<Append>().mockResolvedValue()
  keeper.start(partsOf(after))
  keeper.keep(recordOf('new'))
  endWrite()
  await keeper.settled()
  expect(keeper.isSaving).toBe(false)
  expect(after.mock.calls).toEqual([[[recordOf('new')]]])
})

test('[F1] [SY3] what waits for a full disk is not saved under the name of a document that took its place meanwhile', async () => {
  const keeper = createKeeper()
  const append = vi.fn<Append>().mockRejectedValueOnce(new Error('full')).mockResolvedValue()
  let name = 'before'
  const parts = partsOf(append, () => name)
  keeper.start(parts)
  keeper.keep(recordOf('old'))
  await keeper.settled()
  expect(keeper.problem).not.toBeNull()
  name = 'after'
  await keeper.flush()
  keeper.start(parts)
  expect(keeper.isSaving).toBe(false)
  keeper.keep(recordOf('new'))
  await keeper.settled()
  expect(append.mock.calls).toEqual([[[recordOf('old')]], [[recordOf('new')]]])
})
