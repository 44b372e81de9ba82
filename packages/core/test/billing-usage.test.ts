// Usage in the log: recorded once, corrected, never overlapping.
import { expect, test } from 'vitest'
import { createId } from '../src/schema/ids.ts'
import { done } from '../src/testing/open-for-test.ts'
import { bookWithClient, october } from './billing-sample.ts'

test('[PB2] usage recorded again changes nothing, another quantity corrects it, overlapping dates are refused', async () => {
  const { book, id } = await bookWithClient()
  const record = { client: id, unit: 'stacks', ...october, quantity: '12' }
  expect(await done(book.recordUsage([record]))).toMatchObject({ written: 1 })
  expect(await book.recordUsage([record])).toMatchObject({ ok: false, error: { code: 'nothing-to-change' } })
  expect(
    await done(
      book.recordUsage([
        { ...record, quantity: '13.5' },
        { ...record, unit: 'nodes' },
      ]),
    ),
  ).toMatchObject({ written: 2 })
  expect(book.usage().map(({ unit, quantity }) => [unit, quantity])).toEqual([
    ['stacks', '13.5'],
    ['nodes', '12'],
  ])
  expect(await book.recordUsage([{ ...record, from: '2026-10-31', to: '2026-11-05' }])).toMatchObject({
    ok: false,
    error: {
      code: 'invalid-input',
      message: '0.from: usage of stacks is already recorded for 2026-10-01 to 2026-11-01',
    },
  })
  expect(await book.recordUsage([{ ...record, client: createId() }])).toMatchObject({
    ok: false,
    error: { code: 'unknown-client' },
  })
  expect(await book.recordUsage([{ ...record, quantity: '-1' }])).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
  expect(await book.recordUsage([{ ...record, to: record.from }])).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
})
