import type { ImportProblem } from '@tierbook/core'
import { afterEach, expect, test } from 'vitest'
import { useLanguage } from '#lib/i18n/locale.ts'
import { rowProblemWords } from './row-problem-words.ts'

afterEach(() => useLanguage('en'))

const row = { row: 7, client: 'Müller', tier: 'Platin', created: '30.2.2024' }
const tiers = ['Starter', 'Professional']
const problem = (field: ImportProblem['field'], code: ImportProblem['code']): ImportProblem => {
  return { row: 7, field, code, message: `${field}: an English sentence` }
}

test('problems of rows are core’s in English, and said anew in German with the field and what came', async () => {
  expect(rowProblemWords(problem('created', 'not-a-date'), { row, tiers })).toBe('created: an English sentence')
  await useLanguage('de')
  const words = (field: ImportProblem['field'], code: ImportProblem['code']) =>
    rowProblemWords(problem(field, code), { row, tiers })
  expect(words('created', 'not-a-date')).toBe('Angelegt: Erwartet wird ein Datum wie 2026-11-22, nicht „30.2.2024“.')
  expect(words('tier', 'unknown-tier')).toMatch(/^Stufe: .*Starter, Professional.*„Platin“/)
  const all = [
    'missing',
    'too-long',
    'duplicate',
    'ambiguous-name',
    'client-ended',
    'not-well-formed',
    'not-a-system',
    'several-clients',
  ] as const
  for (const code of all) expect(words('client', code)).toMatch(/^Kunde: \S.{15,}\.$/)
})
