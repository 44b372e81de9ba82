import { builtInTiers, type ClientRow } from '@tierbook/core'
import { expect, test } from 'vitest'
import { importFields } from '#lib/import/import-fields.ts'
import { matchColumns } from '#lib/import/match-columns.ts'
import { readCsvText } from '#lib/import/read-csv.ts'
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
