// What could not be written to the journal yet when a recovery puts another document in place (SY3): that one has its content, under other names.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createDurability } from '../src/opening/durability.ts'
import { createKeeper } from '../src/opening/keeper.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'

test('[SY3] [F1] what waits for a full disk is not saved under the name of a document that took its place meanwhile', async () => {
  const doc = new Y.Doc()
  const storage = await memory().open({ book: createId(), doc, onProblem: () => undefined })
  const { journal } = storage
  let isFull = true
  const append: typeof journal.append = (records) =>
    isFull ? Promise.reject(new DOMException('no room', 'QuotaExceededError')) : journal.append(records)
  const keeper = createKeeper()
  const parts = { durability: createDurability(new Map()), hasSync: false, onChange: () => undefined }
  keeper.start({ ...parts, storage: { ...storage, journal: { ...journal, append } } })
  keeper.keep({ id: 'AAAAAAAAAAA.0', update: new Uint8Array([0, 0]) })
  await expect(keeper.flush()).rejects.toMatchObject({ code: 'full' })
  isFull = false
  await storage.replace(new Y.Doc(), [])
  await keeper.flush()
  expect(await journal.list()).toEqual([])
  keeper.start({ ...parts, storage })
  expect(keeper.isSaving).toBe(false)
  await keeper.close()
})
