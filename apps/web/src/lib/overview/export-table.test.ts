import { builtInTiers, type ClientRow } from '@tierbook/core'
import { expect, test } from 'vitest'
import { importFields } from '#lib/import/import-fields.ts'
import { matchColumns, systemField, systemsNamed, toFieldRows } from '#lib/import/match-columns.ts'
import { readCsvText } from '#lib/import/read-csv.ts'
import { toImportRows } from '#lib/import/shown-plan.ts'
import { tableToCsv } from './export-table.ts'

const row: ClientRow = {
  id: 'c'.repeat(22),
  name: '=HYPERLINK("x")',
  tier: 'professional',
  status: 'active',
  createdOn: '2024-03-01',
  lastActivity: Date.UTC(2026, 10, 20, 9),
  externalRef: 'A-1',
  note: null,
  scheduled: { entry: 'e', effectiveOn: '2027-01-01', tier: 'enterprise' },
  contested: false,
}

test('the export can be imported again: its headings are understood and formulas are harmless text', () => {
  const csv = tableToCsv({ rows: [row], tiers: builtInTiers })
  expect(csv).toContain('"\'=HYPERLINK(""x"")"')
  const read = readCsvText('export.csv', csv)
  if (!read.ok) throw new Error(read.message)
  const { client, tier, created, lastActivity, externalRef } = matchColumns(importFields.clients, read.table.header)
  const cells = read.table.rows[0]?.cells ?? []
  expect([client, tier, created, lastActivity, externalRef].map((index) => cells[index ?? -1])).toEqual([
    '\'=HYPERLINK("x")',
    'Professional',
    '2024-03-01',
    '2026-11-20T09:00:00.000Z',
    'A-1',
  ])
})

test('ids in other systems have a column each, which an import takes for that system’s', () => {
  const otherRefs = [
    { system: 'PSA', id: '-7' },
    { system: 'Xero', id: 'X-1' },
  ]
  const csv = tableToCsv({
    rows: [
      { ...row, name: 'Acme', otherRefs },
      { ...row, name: 'Bolt' },
    ],
    tiers: builtInTiers,
  })
  const read = readCsvText('export.csv', csv)
  if (!read.ok) throw new Error(read.message)
  const { header } = read.table
  expect(header.filter((heading) => heading.startsWith('External id'))).toEqual([
    'External id',
    'External id (PSA)',
    'External id (Xero)',
  ])
  expect(systemsNamed(header)).toEqual(['PSA', 'Xero'])
  const fields = [...importFields.clients, ...systemsNamed(header).map((system) => systemField(system, () => system))]
  const rows = toImportRows(toFieldRows(read.table, matchColumns(fields, header)))
  expect(rows.map(({ externalRef, otherRefs: refs }) => [externalRef, refs])).toEqual([
    ['A-1', { PSA: '-7', Xero: 'X-1' }],
    ['A-1', { PSA: '', Xero: '' }],
  ])
  expect(matchColumns([systemField('Xero', () => 'Xero')], ['Xero ID'])).toEqual({ 'ref:Xero': 0 })
})
