import { expect, test } from 'vitest'
import { amountFault } from './amount-fault.ts'
import { blankPrice, readPrice } from './price-input.ts'

const faultOf = (amount: string, currency: string) => {
  const read = readPrice({ ...blankPrice(currency, '2026-01-01'), amount })
  return 'faults' in read ? read.faults.map(({ message }) => message).join() : read.price.model
}

test('an example has the decimals of its currency', () => {
  expect(faultOf('a lot', 'EUR')).toBe('Expected an amount such as 250 or 12.50, got “a lot”.')
  expect(faultOf('a lot', 'JPY')).toBe('Expected an amount such as 250 or 1500, got “a lot”.')
  expect(faultOf('a lot', 'KWD')).toBe('Expected an amount such as 250 or 12.500, got “a lot”.')
})

test('decimals that a currency does not have are named', () => {
  expect(faultOf('1500.50', 'JPY')).toBe(
    'Amounts in JPY have no decimals: expected one such as 250 or 1500, got “1500.50”.',
  )
  expect(faultOf('0.125', 'EUR')).toBe(
    'Amounts in EUR have at most 2 decimals: expected one such as 250 or 12.50, got “0.125”.',
  )
})

test('separators of thousands are named', () => {
  const message = (text: string) => `Expected an amount without separators of thousands, such as 1500, got “${text}”.`
  for (const currency of ['JPY', 'EUR'])
    for (const text of ['1,500', '1.500', '1 500', "1'500", '12,345,678', '1.234,50'])
      expect(faultOf(text, currency)).toBe(message(text))
})

test('a rate may have more decimals than its currency, and its example has some', () => {
  expect(amountFault('x', { currency: 'JPY', isRate: true })).toBe('Expected an amount such as 250 or 12.50, got “x”.')
})

test('what reads as thousands is never taken for three decimals', () => {
  const rate = (amount: string) => {
    const read = readPrice({ ...blankPrice('USD', '2026-01-01'), model: 'perUnit', amount })
    return 'faults' in read ? read.faults.map(({ message }) => message).join() : read.price.model
  }
  const message = 'Expected an amount without separators of thousands, such as 1500, got “1,500”.'
  expect(rate('1,500')).toBe(message)
  expect(faultOf('1,500', 'KWD')).toBe(message)
  expect(faultOf('1.500', 'KWD')).toEqual({ type: 'flat', amount: 1500 })
  expect(rate('1.125')).toEqual({ type: 'perUnit', rate: '112.5' })
  expect(rate('0,125')).toEqual({ type: 'perUnit', rate: '12.5' })
})

test('amounts that fit are read', () => {
  expect(faultOf('1500', 'JPY')).toEqual({ type: 'flat', amount: 1500 })
  expect(faultOf('12,50', 'EUR')).toEqual({ type: 'flat', amount: 1250 })
})
