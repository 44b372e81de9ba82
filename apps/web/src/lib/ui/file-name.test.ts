import { expect, test } from 'vitest'
import { fileNameOf } from './file-name.ts'

test('a book’s name becomes letters, digits and single dashes; one without either is called tierbook', () => {
  expect(fileNameOf('Northwind IT (sample)', 'clients.csv')).toBe('northwind-it-sample-clients.csv')
  expect(fileNameOf('  Müller & Söhne  ', 'clients.csv')).toBe('müller-söhne-clients.csv')
  expect(fileNameOf('—', 'clients.csv')).toBe('tierbook-clients.csv')
})
