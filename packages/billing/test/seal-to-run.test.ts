// A sealed run shown again: as it was billed, with its explanations for as long as the book agrees, and its tax codes in any case.
import { expect, test } from 'vitest'
import {
  exportLinesCsv,
  exportXero,
  invoiceNumbers,
  presets,
  runHash,
  runOfSeal,
  type BillingInput,
  type SealedRun,
} from '../src/index.ts'
import { book, december, november, on, price, run, sealed, short } from './sample.ts'

const prices = [price('starter', 31_000, { cost: 10_000 }), price('enterprise', 62_000)]
const before = book({ prices })
const upgraded = { ...before, periods: [on('starter', '2026-01-01', '2026-10-22'), on('enterprise', '2026-10-22')] }

function shown(seal: SealedRun, input: BillingInput, all: readonly SealedRun[] = [seal]) {
  return runOfSeal(seal, {
    clientName: () => 'Acme, as it is called today',
    title: (item) => item,
    sealed: all,
    currency: 'EUR',
    timeZone: 'UTC',
    today: run({ ...input, sealed: all }),
  })
}

test('[BL14] while the book agrees, a sealed run has all that the preview had', () => {
  const seal = sealed(before)
  expect(shown(seal, before).invoices[0]).toEqual({
    ...run(before).invoices[0],
    clientName: 'Acme, as it is called today',
  })
})

test('[BL14] where the book has changed, a sealed run keeps its hash and does not guess where prices came from', () => {
  const seal = sealed(before)
  const again = shown(seal, upgraded)
  expect(runHash(again)).toBe(seal.hash)
  expect(exportLinesCsv(again, { prefix: '', issuedOn: '2026-11-01', dueOn: '2026-12-01' }).text).toContain(seal.hash)
  expect(again.invoices[0]?.lines.map(({ origin }) => origin)).toEqual(['sealed'])
  expect(shown(seal, before).invoices[0]?.lines.map(({ origin }) => origin)).toEqual(['tier'])
})

test('[BL14] where the book has changed, parts of a cycle are those of the policy of the seal', () => {
  const policy = { ...presets.standard, denominator: 'fixed30' } as const
  const seal = sealed({ ...upgraded, policy })
  const again = shown(seal, before).invoices[0]?.lines.map(({ fraction }) => fraction)
  expect(again).toEqual(['7/10', '3/10'])
  expect(again).toEqual(run({ ...upgraded, policy }).invoices[0]?.lines.map(({ fraction }) => fraction))
})

test('[BL14] a sealed run can be shown and exported as it was billed, whatever the book says by now', () => {
  const first = sealed(before)
  const second = sealed({ ...upgraded, period: november, sealed: [first] })
  const again = shown(second, { ...before, period: november }, [first, second])
  expect(invoiceNumbers(again, { prefix: '' })).toEqual(second.invoices.map(({ number }) => number))
  expect(again.invoices.map(({ total, lines }) => [total, lines.reduce((sum, { amount }) => sum + amount, 0)])).toEqual(
    [[72_000, 72_000]],
  )
  expect(again.invoices[0]?.lines.map(({ kind, item, amount }) => [kind, item, amount])).toEqual([
    ['recurring', 'tier:enterprise', 62_000],
    ['adjustment', 'tier:enterprise', 20_000],
    ['adjustment', 'tier:starter', -10_000],
  ])
})

test('[BL15] an adjustment of a sealed run still says what had been billed before it', () => {
  const first = sealed(before)
  const second = sealed({ ...upgraded, period: november, sealed: [first] })
  const later = [on('starter', '2026-01-01', '2026-10-12'), on('enterprise', '2026-10-12')]
  const third = sealed({ ...upgraded, periods: later, period: december, sealed: [first, second] })
  const again = shown(third, { ...before, period: december }, [first, second, third])
  const parts = again.invoices[0]?.lines.flatMap(({ adjusts }) => adjusts?.parts ?? [])
  expect(parts?.map(({ item, billed, now }) => [item, billed, now])).toEqual([
    ['tier:enterprise', 20_000, 40_000],
    ['tier:starter', 21_000, 11_000],
  ])
})

test('[BL22] a file made of a sealed run has the tax codes of its lines, also where the book has changed since', () => {
  const coded = book({ prices: [price('starter', 31_000, { taxCode: 'Zero Rated' }), price('enterprise', 62_000)] })
  const seal = sealed(coded)
  const options = { issuedOn: '2026-11-01', dueOn: '2026-11-15', accountCode: '200', taxType: 'Usual', prefix: '' }
  for (const today of [coded, { ...coded, periods: upgraded.periods }]) {
    const [file] = exportXero(shown(seal, today), options).files
    expect(file?.text).toContain('Zero Rated')
    expect(file?.text).not.toContain('Usual')
  }
})

test('[BL15] [BL22] what is taxed by different codes is adjusted in lines of their own, which carry them', () => {
  const coded = book({
    prices: [price('starter', 31_000, { taxCode: 'A' }), price('enterprise', 62_000, { taxCode: 'B' })],
  })
  const seal = sealed(coded)
  const next = run({ ...coded, periods: upgraded.periods, period: november, sealed: [seal] })
  expect(short(next)).toEqual([
    'tier:enterprise 2026-11-01..2026-12-01 62000',
    'adjustment tier:enterprise 20000',
    'adjustment tier:starter -10000',
  ])
  expect(next.invoices[0]?.lines.map(({ taxCode }) => taxCode)).toEqual(['B', 'B', 'A'])
})

test('[BL15] [BL22] the same amount under another tax code is taken back from the one and billed under the other', () => {
  const coded = (taxCode: string) => book({ prices: [price('starter', 31_000, { taxCode })] })
  const seal = sealed(coded('A'))
  const next = run({ ...coded('B'), period: november, sealed: [seal] })
  expect(next.invoices[0]?.lines.map(({ kind, amount, taxCode }) => [kind, amount, taxCode])).toEqual([
    ['recurring', 31_000, 'B'],
    ['adjustment', -31_000, 'A'],
    ['adjustment', 31_000, 'B'],
  ])
  const second = sealed({ ...coded('B'), period: november, sealed: [seal] })
  expect(short(run({ ...coded('B'), period: december, sealed: [seal, second] }))).toEqual([
    'tier:starter 2026-12-01..2027-01-01 31000',
  ])
})

test('[BL15] a seal that kept no tax code is adjusted by amounts alone', () => {
  const plain = sealed(before)
  const coded = book({ prices: [price('starter', 31_000, { taxCode: 'A' })] })
  expect(short(run({ ...coded, period: november, sealed: [plain] }))).toEqual([
    'tier:starter 2026-11-01..2026-12-01 31000',
  ])
})
