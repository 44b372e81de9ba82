import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareNames } from './compare-names.ts'

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
const part = fc.constantFrom(
  'Acme',
  'acme',
  'Ac',
  'ch',
  'Ö',
  'o\u0308',
  'Łódź',
  ' ',
  '  ',
  '-',
  '.',
  '10',
  '12',
  '007',
  '7',
  '1234567890123456',
  '9',
  '&',
  'ß',
  'ss',
  'æ',
  'ij',
  '\u0301',
  'Z',
  'a',
  'Ñ',
  '株',
)
const name = fc.oneof(
  fc.array(part, { maxLength: 5 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 6 }),
)

test('names compare as the collator compares them', () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(Math.sign(compareNames(a, b)), `${JSON.stringify(a)} and ${JSON.stringify(b)}`).toBe(
        Math.sign(collator.compare(a, b)),
      )
    }),
    { numRuns: 20_000, seed: 20261122 },
  )
})
