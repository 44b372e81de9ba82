import { expect, test } from 'vitest'
import { columnsOf, createProfiles, matchOf, profileFor } from './profiles.ts'

function storage() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}

test('a file with the headings of a profile is read by it, whatever the order of its columns', () => {
  const kept = storage()
  const profiles = createProfiles(kept)
  const header = ['Qty', 'Who', 'SKU']
  const match = { client: 1, unit: 2, quantity: 0 }
  profiles.remember({ kind: 'usage', name: 'RMM', header, columns: columnsOf(match, header) })
  const again = createProfiles(kept).list('usage')
  const found = profileFor(again, ['SKU', 'Qty', 'Who'])
  expect(found?.name).toBe('RMM')
  expect(found && matchOf(found, ['SKU', 'Qty', 'Who'])).toEqual({ client: 2, unit: 0, quantity: 1 })
  expect(profileFor(again, ['SKU', 'Qty'])).toBeUndefined()
  expect(createProfiles(kept).list('prices')).toEqual([])
  profiles.remember({ kind: 'usage', name: 'RMM', header: ['A'], columns: { client: 'A' } })
  expect(profiles.list('usage')).toHaveLength(1)
  profiles.forget({ kind: 'usage', name: 'RMM' })
  expect(profiles.list('usage')).toEqual([])
})
