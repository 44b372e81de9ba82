// In which currency a client is billed: that of its own prices while they hold, else the book's of the time. What was sealed stays sealed.
import { expect, test } from 'vitest'
import { checkSeals, presets, type BillingInput, type Price } from '../src/index.ts'
import { acme, book, lines, november, october, price, run, sealed, usagePrice } from './sample.ts'

const inEuro = price('starter', 31_000)
const own = (amount: number, effectiveOn: string, rest: Partial<Price> = {}) =>
  price('starter', amount, { client: acme.id, currency: 'USD', effectiveOn, ...rest })
const totals = (input: BillingInput) => run(input).invoices.map(({ currency, total }) => [currency, total])

test('[BL6] a price of the client’s own in another currency counts from its day on, and for no sealed month before', () => {
  const before = book({ prices: [inEuro] })
  const seal = sealed(before)
  const changed = { ...before, sealed: [seal], prices: [inEuro, own(40_000, '2027-01-01')] }
  expect(totals({ ...changed, period: november })).toEqual([['EUR', 31_000]])
  expect(run({ ...changed, period: november }).notBillable).toEqual([])
  const [state] = checkedSeals({ ...changed, period: november })
  expect(state?.differences).toEqual([])
  expect(totals({ ...changed, period: { from: '2027-01-01', to: '2027-02-01' } })).toEqual([['USD', 40_000]])
})

test('[BL6] within a month each day has its currency, and the client an invoice in each', () => {
  const prices = [inEuro, own(62_000, '2026-10-16'), own(0, '2026-10-24', { model: { type: 'none' } })]
  expect(lines(run(book({ prices }))).map(({ from, to, amount }) => [from, to, amount])).toEqual([
    ['2026-10-01', '2026-10-16', 15_000],
    ['2026-10-24', '2026-11-01', 8_000],
    ['2026-10-16', '2026-10-24', 16_000],
  ])
  expect(totals(book({ prices }))).toEqual([
    ['EUR', 23_000],
    ['USD', 16_000],
  ])
})

test('[BL6] usage for everybody is billed in the currency of the client’s base price, an own price of usage in its own', () => {
  const usage = [{ entry: 'u', client: acme.id, unit: 'stacks', ...october, quantity: 10 }]
  const stacks = (currency: string, rate: number, rest: Partial<Price> = {}) =>
    usagePrice('stacks', { type: 'perUnit', rate }, { currency, ...rest })
  const everybody = [inEuro, stacks('EUR', 10), stacks('USD', 12)]
  expect(totals(book({ prices: everybody, usage }))).toEqual([['EUR', 31_100]])
  expect(totals(book({ prices: [...everybody, own(40_000, '2026-01-01')], usage }))).toEqual([['USD', 40_120]])
  const ownUsage = stacks('USD', 9, { client: acme.id })
  expect(totals(book({ prices: [...everybody, ownUsage], usage }))).toEqual([
    ['EUR', 31_000],
    ['USD', 90],
  ])
  const ended = stacks('USD', 0, { client: acme.id, effectiveOn: '2026-10-01', model: { type: 'none' } })
  expect(totals(book({ prices: [...everybody, ownUsage, ended], usage }))).toEqual([['EUR', 31_100]])
})

test('[BL15] another currency of the book leaves what was sealed as it was, and asks for prices from then on', () => {
  const before = book({ prices: [inEuro] })
  const changed = { ...before, period: november, currency: 'USD', sealed: [sealed(before)] }
  expect(checkedSeals(changed)[0]?.differences).toEqual([])
  expect(run(changed).invoices).toEqual([])
  expect(run(changed).notBillable).toMatchObject([
    { code: 'no-price', message: 'no price in USD for Acme Dental on Starter' },
  ])
})

function checkedSeals(input: BillingInput) {
  const states = checkSeals({ ...input, policy: presets.standard })
  if (!states.ok) throw new Error(states.error.message)
  return states.value
}
