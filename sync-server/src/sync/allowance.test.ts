import { expect, test } from 'vitest'
import { createAllowance } from './allowance.ts'

test('what is spent comes back with time, up to the burst and no further', () => {
  let now = 0
  const allowance = createAllowance({ perSecond: 100, burst: 200, now: () => now })
  allowance.spend(250)
  expect(allowance.isSpent()).toBe(true)
  now = 400
  expect(allowance.isSpent()).toBe(true)
  now = 600
  expect(allowance.isSpent()).toBe(false)
  now = 60_000
  expect(allowance.isSpent()).toBe(false)
  allowance.spend(200)
  expect(allowance.isSpent()).toBe(true)
})

test('a clock that is set back takes nothing away and gives nothing', () => {
  let now = 10_000
  const allowance = createAllowance({ perSecond: 100, burst: 100, now: () => now })
  allowance.spend(50)
  now = 0
  expect(allowance.isSpent()).toBe(false)
  allowance.spend(50)
  expect(allowance.isSpent()).toBe(true)
})
