import { invoiceRun, presets, type BillingInput, type Price } from '@tierbook/billing'
import { afterEach, expect, test } from 'vitest'
import { useLanguage } from '#lib/i18n/locale.ts'
import { lineDetail } from './invoice-words.ts'

afterEach(() => useLanguage('en'))

const october = { from: '2026-10-01', to: '2026-11-01' }
const base: Price = {
  entry: 'base',
  item: { kind: 'tier', tier: 'starter' },
  effectiveOn: '2026-01-01',
  currency: 'EUR',
  interval: 'month',
  timing: 'arrears',
  cycle: 'calendar',
  model: { type: 'flat', amount: 19_000 },
  discount: { percent: '12.5', until: '2027-01-01' },
}
const steps = [
  { upTo: 1_000, rate: '20' },
  { upTo: null, rate: '10.5' },
]
const unit = (entry: string, model: Price['model'], rest: Partial<Price> = {}): Price => {
  const { discount: _discount, ...terms } = base
  return { ...terms, entry, item: { kind: 'usage', unit: entry }, model, ...rest }
}
const count = (name: string, quantity: number) => ({
  entry: `of ${name}`,
  client: 'a',
  unit: name,
  ...october,
  quantity,
})

/** Details of the lines of a month in which everything happens at once. */
function details(): string[] {
  const input: BillingInput = {
    ...{ period: october, policy: presets.standard, timeZone: 'UTC', currency: 'EUR' },
    tiers: [{ id: 'starter', name: 'Starter', rank: 100 }],
    clients: [{ id: 'a', name: 'Acme', createdOn: '2026-01-01' }],
    periods: [{ client: 'a', tier: 'starter', from: '2026-10-17', to: null, quantity: 2, entries: [] }],
    prices: [
      base,
      unit('backup', { type: 'graduated', steps, included: 100 }),
      unit('device', { type: 'perUnit', rate: '6', minimum: 9_000 }),
      unit('mail', { type: 'package', size: 50, amount: 400 }),
    ],
    uplifts: [{ entry: 'rise', percent: '4', effectiveOn: '2026-10-01', tiers: ['starter'] }],
    usage: [count('backup', 1_976.5), count('device', 8), count('mail', 120)],
  }
  const run = invoiceRun(input)
  if (!run.ok) throw new Error(run.error.message)
  return run.value.invoices.flatMap(({ lines }) => lines.map((line) => lineDetail(line, 'EUR', (item) => item)))
}

test('[BL17] each line says what its amount was reckoned from', () => {
  expect(details()).toEqual([
    '17 Oct 2026 – 31 Oct 2026 · 15 of 31 days · €190.00 / month · +4% by uplifts · 12.5 % off until 31 Dec 2026 · price of the tier, from 1 Jan 2026',
    '1 Oct 2026 – 31 Oct 2026 · 100 included · each unit at the rate of its step: up to 1,000: €0.20, above: €0.105 · +4% by uplifts · price for every client, from 1 Jan 2026',
    '1 Oct 2026 – 31 Oct 2026 · €0.06 a unit · +4% by uplifts · raised to the minimum · price for every client, from 1 Jan 2026',
    '1 Oct 2026 – 31 Oct 2026 · €4.00 for 50 · +4% by uplifts · price for every client, from 1 Jan 2026',
  ])
})

test('[BL17] in German without English words, with decimals as Germans write them', async () => {
  const english = details()
  await useLanguage('de')
  const german = details()
  expect(german[0]).toContain(
    '15 von 31 Tagen · 190,00\u00a0€ / Monat · +4\u00a0% durch Erhöhungen · 12,5 % Rabatt bis 31.12.2026',
  )
  for (const [place, text] of german.entries()) {
    expect(text).not.toBe(english[place])
    expect(text).not.toMatch(/\b(?:uplifts|included|step|above|minimum|client|month|each)\b/)
  }
})
