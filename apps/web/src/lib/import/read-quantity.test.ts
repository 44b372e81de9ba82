import { expect, test } from 'vitest'
import { decimalSignOf, readQuantity } from './read-quantity.ts'

test.each([
  ['12', null, '12'],
  ['0.5', null, '0.5'],
  ['1,5', null, '1.5'],
  ['0.125', null, '0.125'],
  ['12.3456', null, '12.3456'],
  ['1.234,5', null, '1234.5'],
  ['1,234.5', null, '1234.5'],
  ['1.234.567', null, '1234567'],
  ['1,234,567', null, '1234567'],
  ['1.234', null, 'ambiguous'],
  ['1,234', null, 'ambiguous'],
  ['1.234', ',', '1234'],
  ['1.234', '.', '1.234'],
  ['1,234', ',', '1.234'],
  ['1,234', '.', '1234'],
  ['1.23.4', null, null],
  ['1,2,3', '.', null],
  ['-3', null, null],
  ['a lot', null, null],
  ['', null, null],
] as const)('%j beside the sign %j is %j', (text, sign, expected) => {
  const read = readQuantity(text, sign)
  expect('quantity' in read ? read.quantity : read.is).toBe(expected ?? 'unreadable')
})

test('a column tells what stands before its decimals, unless it contradicts itself', () => {
  expect(decimalSignOf(['12', '1.234', '17,5'])).toBe(',')
  expect(decimalSignOf(['12', '1.234', '17.5'])).toBe('.')
  expect(decimalSignOf(['1.234.567'])).toBe(',')
  expect(decimalSignOf(['1.234,50'])).toBe(',')
  expect(decimalSignOf(['12', '1.234'])).toBeNull()
  expect(decimalSignOf(['17,5', '17.5'])).toBeNull()
})
