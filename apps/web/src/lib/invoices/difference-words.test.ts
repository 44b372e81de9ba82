import { afterEach, expect, test, vi } from 'vitest'
import { differenceWords } from './difference-words.ts'

const locale = vi.hoisted(() => ({ tag: 'en-GB' }))
vi.mock('#lib/i18n/locale.ts', async (original) => ({ ...(await original<object>()), formatLocale: () => locale.tag }))

afterEach(() => (locale.tag = 'en-GB'))

test.for([
  ['en-GB', '+€300.00', '-€150.00'],
  ['de-DE', '+300,00\u00a0€', '-150,00\u00a0€'],
] as const)('a difference in %s has the sign where amounts have it', ([tag, more, less]) => {
  locale.tag = tag
  expect(differenceWords(10_000, 40_000, 'EUR')).toBe(more)
  expect(differenceWords(40_000, 25_000, 'EUR')).toBe(less)
  expect(differenceWords(1, 1, 'EUR')).toBe('–')
})
