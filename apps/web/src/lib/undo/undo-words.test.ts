import type { UndoChange } from '@tierbook/core'
import { afterEach, expect, test } from 'vitest'
import { useLanguage } from '#lib/i18n/locale.ts'
import { doneWords } from './undo-words.ts'

afterEach(() => useLanguage('en'))

const change = (kind: UndoChange['kind'], name: string): UndoChange => ({
  ...{ kind, name, client: null, on: null, from: null, to: null },
})

test('the notice names what was undone or done again, whatever it was', async () => {
  const words = (does: 'undo' | 'redo', kind: UndoChange['kind'], name: string) => doneWords(does, [change(kind, name)])
  expect(words('undo', 'price', 'Starter')).toBe('Undone: price of Starter.')
  expect(words('undo', 'price', '')).toBe('Undone: prices.')
  expect(words('redo', 'catalogue', 'Starter')).toBe('Done again: tier Starter.')
  expect(words('undo', 'settings', 'Northwind')).toBe('Undone: settings of the book.')
  expect(words('undo', 'usage', 'Acme')).toBe('Undone: usage of Acme.')
  expect(words('undo', 'view', 'Renewals')).toBe('Undone: view “Renewals”.')
  expect(words('undo', 'tier', 'Acme')).toBe('Undone: Acme.')
  await useLanguage('de')
  expect(words('undo', 'price', 'Starter')).toBe('Rückgängig gemacht: Preis von Starter.')
})

test('what stays as it is does not count as undone', () => {
  expect(doneWords('undo', [change('stays', 'Acme'), change('stays', 'Bolt')])).toMatch(
    /^Undone\. Nothing looks different/,
  )
  expect(doneWords('undo', [change('stays', 'Acme'), change('removed', 'Bolt')])).toBe('Undone: Bolt.')
  expect(doneWords('undo', [change('removed', 'Acme'), change('removed', 'Bolt')])).toBe('Undone: 2 changes.')
})
