import { expect, test } from 'vitest'
import { importFields } from './import-fields.ts'
import { matchColumns, systemField, systemsNamed } from './match-columns.ts'

test.each([
  ['Kunde', 'Tarif', 'Erstellt', 'Externe ID'],
  ['Kundenname', 'Stufe', 'Erstellt am', 'Kunden-Nr.'],
  ['Firma', 'Servicestufe', 'Angelegt am', 'Externe Kennung'],
  ['Client', 'Plan', 'Created', 'External id'],
])('the headings %s, %s, %s and %s are understood', (...header) => {
  expect(matchColumns(importFields.clients, header)).toEqual({ client: 0, tier: 1, created: 2, externalRef: 3 })
})

test('ids in another system are understood with a German heading too', () => {
  const header = ['Externe ID (Xero)', 'Externe Kennung (PSA)']
  const systems = systemsNamed(header)
  expect(systems).toEqual(['Xero', 'PSA'])
  const fields = systems.map((system) => systemField(system, () => system))
  expect(matchColumns(fields, header)).toEqual({ 'ref:Xero': 0, 'ref:PSA': 1 })
})
