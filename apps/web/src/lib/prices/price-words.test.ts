import { expect, test } from 'vitest'
import { amountWords, rateWords, shiftPoint } from './price-words.ts'

test('a point moves without losing a digit', () => {
  const moved = [
    shiftPoint('0.0006', 2),
    shiftPoint('12', 2),
    shiftPoint('1.5', 2),
    shiftPoint('0.06', -2),
    shiftPoint('150', -2),
    shiftPoint('7', -3),
    shiftPoint('0', 2),
  ]
  expect(moved).toEqual(['0.06', '1200', '150', '0.0006', '1.5', '0.007', '0'])
})

test('rates below a cent are shown whole', () => {
  expect(rateWords('0.06', 'EUR')).toBe('€0.0006')
  expect(rateWords('150', 'EUR')).toBe('€1.50')
  expect(rateWords('3', 'JPY')).toMatch(/3/)
})

test('a price that ended says so', () => {
  const price = {
    item: { kind: 'client' },
    effectiveOn: '2026-01-01',
    currency: 'EUR',
    interval: 'month',
    timing: 'arrears',
    cycle: 'calendar',
  } as const
  expect(amountWords({ ...price, model: { type: 'none' } })).toBe('ended')
  expect(amountWords({ ...price, model: { type: 'flat', amount: 31_000 } })).toBe('€310.00')
})
