import { becauseSchemas, type BecauseSays, type Because } from '@tierbook/core'
import { afterEach, expect, test } from 'vitest'
import { becauseWords } from './because-words.ts'
import { errorCodes, errorWords } from './error-words.ts'
import { useLanguage } from './locale.ts'

afterEach(() => useLanguage('en'))

/** Something for every value that a refusal may have. */
const values = {
  ...{ name: 'Acme', tier: 'starter', externalRef: 'A-7', unit: 'seats', kind: 'view.saved', field: 'note' },
  ...{ on: '2026-11-22', from: '2026-10-01', to: '2026-11-01', seen: 2, of: 3 },
}
const all = (Object.keys(becauseSchemas) as BecauseSays[]).map((says) =>
  becauseSchemas[says].parse({ says, ...values }),
)

test('everything that a refusal can say has a sentence with its values in English and German', async () => {
  expect(all.length).toBeGreaterThan(20)
  const english = all.map(becauseWords)
  await useLanguage('de')
  const german = all.map(becauseWords)
  for (const [place, { says }] of all.entries()) {
    for (const sentence of [english[place], german[place]]) {
      expect(sentence, says).toMatch(/^\S.{10,}\.$/)
      expect(sentence, says).not.toMatch(/undefined|NaN|\{|\}/)
    }
    expect(german[place], says).not.toBe(english[place])
  }
  expect(german.find((sentence) => sentence.includes('Acme: Notiz'))).toBe('Acme: Notiz wurde danach erneut geändert.')
})

test('every code of a failed command has words in German, and no English sentence is left', async () => {
  await useLanguage('de')
  for (const code of errorCodes) {
    const words = errorWords({ code, message: 'an English sentence', field: 'quantity' })
    expect(words, code).toMatch(/\S{3,}/)
    expect(words, code).not.toContain('English')
  }
})

test('what core gives values for is said in English words too, without the names of fields', () => {
  const because: Because = { says: 'ended-since', on: '2026-11-22' }
  const error = { code: 'client-ended', message: 'effectiveOn: the service has ended', because } as const
  expect(errorWords(error)).toBe('The service of this client ended on 22 Nov 2026. Resume it first.')
})
