import { expect, test } from 'vitest'
import { detailOf, kindOf } from './change-words.ts'

test('known kinds have a name, others are said to be of a newer version', () => {
  expect(kindOf({ kind: 'tier.assigned', newer: false })).toBe('Tier assigned')
  expect(kindOf({ kind: 'moon.landed', newer: true })).toBe('Made by a newer version (moon.landed)')
})

test('fields are said in words', () => {
  expect(
    detailOf({
      kind: 'client.edited',
      fields: { name: 'Acme', createdOn: '2024-02-29', externalRef: null, note: 'changed' },
    }),
  ).toBe('name “Acme” · created 29 Feb 2024 · external id cleared · note changed')
  expect(detailOf({ kind: 'import.applied', fields: { rows: 1200, source: 'clients.csv' } })).toBe(
    '1,200 rows from clients.csv',
  )
  expect(detailOf({ kind: 'tier.assigned', fields: {} })).toBeNull()
})
