import { expect, test } from 'vitest'
import { cellWords, type Report, reportToCsv } from './report.ts'

const report: Report = {
  id: 'example',
  title: '',
  text: '',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  columns: [
    { key: 'day', label: 'On', kind: 'date' },
    { key: 'last', label: 'Last activity', kind: 'moment' },
    { key: 'sum', label: '30 Nov 2025', heading: '2025-11-30', kind: 'money' },
  ],
  rows: [
    { day: '2025-11-30', last: '2025-11-20T09:00:00.000Z', sum: 123450 },
    { day: '2025-12-31', last: '', sum: 0 },
  ],
}

test('dates and moments are ISO 8601 in the file, headings too, and words on the page', () => {
  expect(reportToCsv(report).split('\r\n')).toEqual([
    'On,Last activity,2025-11-30 EUR',
    '2025-11-30,2025-11-20T09:00:00.000Z,1234.50',
    '2025-12-31,,0.00',
  ])
  const words = report.rows.map((row) =>
    report.columns.slice(0, 2).map((column) => cellWords(row[column.key], column, report)),
  )
  expect(words).toEqual([
    ['30 Nov 2025', '20 Nov 2025, 10:00'],
    ['31 Dec 2025', 'never'],
  ])
})
