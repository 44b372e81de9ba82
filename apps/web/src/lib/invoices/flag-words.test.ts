import { invoiceRun, presets } from '@tierbook/billing'
import { afterEach, expect, test } from 'vitest'
import { billingErrorWords } from '#lib/billing/billing-words.ts'
import { useLanguage } from '#lib/i18n/locale.ts'
import { flagWords } from './flag-words.ts'

afterEach(() => useLanguage('en'))

test('what an export flags is said in English and German, with the number and the text it is about', async () => {
  const flags = [
    { code: 'formula', number: 'R-1', about: '=cmd', message: '' },
    { code: 'negative-total', number: 'R-2', about: '-12.00 EUR', message: '' },
    { code: 'long-number', number: 'R-3', about: null, message: '' },
    { code: 'long-description', number: 'R-4', about: null, message: '' },
    { code: 'no-tax-code', number: 'R-5', about: null, message: '' },
    { code: 'mixed-currencies', number: null, about: 'EUR, USD', message: '' },
  ] as const
  const english = flags.map(flagWords)
  await useLanguage('de')
  for (const [place, flag] of flags.entries()) {
    const german = flagWords(flag)
    expect(german).not.toBe(english[place])
    for (const text of [german, english[place]]) {
      expect(text).toContain(flag.number ?? 'EUR, USD')
      if (flag.about && flag.code !== 'negative-total') expect(text).toContain(flag.about)
    }
  }
  expect(english[1]).toContain('-€12.00')
  expect(flagWords(flags[1])).toContain('-12,00\u00a0€')
})

test('why there is no run is said in German without an English sentence', async () => {
  const made = invoiceRun({
    ...{
      timeZone: 'UTC',
      currency: 'EUR',
      tiers: [],
      clients: [],
      periods: [],
      prices: [],
      uplifts: [],
      bundles: [],
      usage: [],
      seals: [],
    },
    ...{ policy: presets.standard, period: { from: '2026-11-01', to: '2026-10-01' } },
  })
  if (made.ok) throw new Error('expected a failure: the dates are the wrong way round')
  expect(billingErrorWords(made.error)).toContain('2026-11-01 to 2026-10-01')
  await useLanguage('de')
  expect(billingErrorWords(made.error)).toBe('Die Daten des Zeitraums stehen nicht in der richtigen Reihenfolge.')
})
