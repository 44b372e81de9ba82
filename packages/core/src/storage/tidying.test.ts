// A call that was lost while a run was under way once left hundreds of rows lying until the next edit.
import { expect, test, vi } from 'vitest'
import { createTidying } from './tidying.ts'

test('what comes while a run is under way is tidied by another one after it, and many calls are one', async () => {
  const ends: (() => void)[] = []
  const tidying = createTidying({
    lock: 'test:tidying',
    afterMs: 0,
    tidy: () => new Promise((resolve) => ends.push(resolve)),
  })
  tidying.soon()
  await vi.waitFor(() => expect(ends).toHaveLength(1))
  for (let call = 0; call < 3; call++) {
    tidying.soon()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(ends).toHaveLength(1)
  ends[0]?.()
  await vi.waitFor(() => expect(ends).toHaveLength(2))
  ends[1]?.()
  await tidying.close()
  expect(ends).toHaveLength(2)
})

test('after a run that failed the next one is made, and none once it is closed', async () => {
  let runs = 0
  const tidying = createTidying({
    lock: 'test:tidying',
    afterMs: 0,
    async tidy() {
      runs += 1
      if (runs === 1) throw new Error('no room')
    },
  })
  tidying.soon()
  await vi.waitFor(() => expect(runs).toBe(1))
  tidying.soon()
  await vi.waitFor(() => expect(runs).toBe(2))
  await tidying.close()
  tidying.soon()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(runs).toBe(2)
})
