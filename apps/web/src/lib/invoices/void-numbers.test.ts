import { expect, test } from 'vitest'
import { voidNumbers } from './void-numbers.ts'

const invoice = (number: string, client: string, total: number) => ({
  number,
  client,
  currency: 'EUR',
  total,
  lines: [],
})

test('[BL13] numbers of a superseded seal are void unless the same client owes the same under them', () => {
  const superseded = { invoices: [invoice('1', 'acme', 100), invoice('2', 'bright', 200), invoice('3', 'crow', 300)] }
  const holding = { invoices: [invoice('1', 'acme', 100), invoice('2', 'crow', 350)] }
  expect(voidNumbers(superseded, holding)).toEqual([
    { number: '2', client: 'bright', currency: 'EUR', total: 200, by: null },
    { number: '3', client: 'crow', currency: 'EUR', total: 300, by: { number: '2', total: 350 } },
  ])
})
