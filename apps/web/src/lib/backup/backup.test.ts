import { expect, test } from 'vitest'
import { fileName } from './backup.ts'

test('the file is named after book and day, in characters that every file system takes', () => {
  expect(fileName('Northwind', '2026-11-23')).toBe('Northwind 2026-11-23.tierbook')
  expect(fileName('A/B: “Süd” <x>?', '2026-11-23')).toBe('A-B- “Süd” -x-- 2026-11-23.tierbook')
  expect(fileName(' .. ', '2026-11-23')).toBe('Tierbook 2026-11-23.tierbook')
  expect(fileName('x'.repeat(200), '2026-11-23')).toHaveLength(80 + ' 2026-11-23.tierbook'.length)
})
