import { expect, test } from 'vitest'
import { importFields } from './import-fields.ts'
import { matchColumns, toFieldRows } from './match-columns.ts'
import { toImportRows } from './shown-plan.ts'
import { readCsvFile, readCsvText } from './read-csv.ts'

function table(text: string) {
  const read = readCsvText('clients.csv', text)
  if (!read.ok) throw new Error(read.message)
  return read.table
}

test('quotes, delimiters, line breaks in cells and blank rows are read, and rows keep their number in the file', () => {
  const { header, rows } = table('Client;Plan\r\n"Acme; ""Best""";Starter\r\n;;\r\n\r\n"two\r\nlines";Enterprise\r\n')
  expect(header).toEqual(['Client', 'Plan'])
  expect(rows).toEqual([
    { row: 2, cells: ['Acme; "Best"', 'Starter'] },
    { row: 5, cells: ['two\r\nlines', 'Enterprise'] },
  ])
})

test('a quote that never closes is said, and what it swallowed is not imported', () => {
  const { rows, problems } = table('Client,Plan\nAcme,Starter\n"Bright,Starter\nCrow,Starter\n')
  expect(rows.map(({ cells }) => cells[0])).toEqual(['Acme'])
  expect(problems).toEqual([
    'Row 3: expected a closing quote, got the end of the file. From this row on nothing was read.',
  ])
})

test('files that are no CSV are refused with what was expected and what came', () => {
  expect(readCsvText('a.csv', '')).toMatchObject({
    ok: false,
    message: expect.stringContaining('got an empty file') as string,
  })
  expect(readCsvText('a.xlsx', 'PK\0\0')).toMatchObject({
    ok: false,
    message: expect.stringContaining('binary file') as string,
  })
})

test('a byte order mark, UTF-16 and Windows-1252 are understood', async () => {
  const utf16 = new Uint8Array([
    0xff,
    0xfe,
    ...Array.from('Client\nZoë').flatMap((char) => [char.charCodeAt(0) & 0xff, char.charCodeAt(0) >> 8]),
  ])
  const latin = new Uint8Array(
    Array.from('Client\nZo')
      .map((char) => char.charCodeAt(0))
      .concat(0xeb),
  )
  for (const [bytes, problems] of [
    [new TextEncoder().encode('\uFEFFClient\nZoë'), 0],
    [utf16, 0],
    [latin, 1],
  ] as const) {
    const read = await readCsvFile(new File([bytes], 'clients.csv'))
    if (!read.ok) throw new Error(read.message)
    expect(read.table.header).toEqual(['Client'])
    expect(read.table.rows[0]?.cells).toEqual(['Zoë'])
    expect(read.table.problems).toHaveLength(problems)
  }
})

test('columns are found by their headings, each serving one field', () => {
  expect(
    matchColumns(importFields.clients, [
      'External ID',
      'Client name',
      'Service Tier',
      'Created on',
      'Last_activity',
      'Notes',
    ]),
  ).toEqual({
    externalRef: 0,
    client: 1,
    tier: 2,
    created: 3,
    lastActivity: 4,
  })
  expect(matchColumns(importFields.clients, ['id', 'name', 'since'])).toEqual({ externalRef: 0, client: 1, created: 2 })
})

test('rows become import rows, short rows included, and the formula guard of an export comes off', () => {
  const { header, rows } = table("Client,Tier,Notes\n'=SUM(1),Starter,x\nAcme\n'Twas Ltd,Starter,y\n")
  expect(toImportRows(toFieldRows({ rows }, matchColumns(importFields.clients, header)))).toEqual([
    { row: 2, client: '=SUM(1)', tier: 'Starter' },
    { row: 3, client: 'Acme' },
    { row: 4, client: "'Twas Ltd", tier: 'Starter' },
  ])
})
