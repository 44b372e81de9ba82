import { builtInTiers, type ClientRow } from '@tierbook/core'
import { expect, test } from 'vitest'
import { importFields } from '#lib/import/import-fields.ts'
import { matchColumns, systemField, systemsNamed, toFieldRows } from '#lib/import/match-columns.ts'
import { readCsvText } from '#lib/import/read-csv.ts'
import { toImportRows } from '#lib/import/shown-plan.ts'
import { momentInName, tableToCsv } from './export-table.ts'

const row: ClientRow = {
  id: 'c'.repeat(22),
  name: '=HYPERLINK("x")',
  tier: 'professional',
  status: 'active',
  createdOn: '2024-03-01',
  lastActivity: Date.UTC(2026, 10, 20, 9),
  externalRef: 'A-1',
  note: 'Pays late',
  scheduled: { entry: 'e', effectiveOn: '2027-01-01', tier: 'enterprise' },
  contested: false,
}

test('the export can be imported again: its headings are understood and formulas are harmless text', () => {
  const csv = tableToCsv({ rows: [row], tiers: builtInTiers, moment: null })
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
    moment: null,
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

test('[TL5] an export of another day says of which one in its name and in each row, and has nothing of today in it', () => {
  const read = (moment: Parameters<typeof momentInName>[0]) => {
    const table = readCsvText('export.csv', tableToCsv({ rows: [row], tiers: builtInTiers, moment }))
    if (!table.ok) throw new Error(table.message)
    const { header, rows } = table.table
    return Object.fromEntries(header.map((heading, index) => [heading, rows[0]?.cells[index]]))
  }
  const then = read({ asOf: '2023-01-01', knownOn: null })
  expect(then).toMatchObject({ 'As of': '2023-01-01', Plan: 'Professional' })
  for (const heading of ['Last activity', 'Note', 'Contested', 'As known on']) expect(then).not.toHaveProperty(heading)
  const known = read({ asOf: '2023-01-01', knownOn: '2023-03-03T13:30:59.999Z' })
  expect(known).toMatchObject({ 'As known on': '2023-03-03T13:30:59.999Z', Contested: '' })
  const now = read(null)
  expect(now).toMatchObject({ Note: 'Pays late' })
  expect(now).not.toHaveProperty('As of')

  expect(momentInName(null)).toBe('')
  expect(momentInName({ asOf: '2023-01-01', knownOn: null })).toBe('-2023-01-01')
  expect(momentInName({ asOf: '2023-01-01', knownOn: '2023-03-03' })).toBe('-2023-01-01-as-known-on-2023-03-03')
  expect(momentInName({ asOf: '2023-01-01', knownOn: '2023-03-03T13:30:59.999Z' })).toBe(
    '-2023-01-01-as-known-on-2023-03-03T1330Z',
  )
})
