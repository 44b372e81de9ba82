// One report: a table, whose columns may also be drawn as bars, and which is exported as it stands.
import { minorToDecimal } from '@tierbook/billing'
import Papa from 'papaparse'
import { money, monthWords } from '#lib/invoices/invoice-words.ts'
import { m } from '#lib/paraglide/messages.js'
import { dateWords, exactTime, numberWords } from '#lib/ui/words.ts'

/** A column; `colour` where it is drawn. */
export interface Column {
  readonly key: string
  readonly label: string
  /** Its heading in the file, where that is another: a date, or somebody whom the page calls “you”. @default label */
  readonly heading?: string
  /** Months, dates and moments are ISO 8601 in the file, as in all our files, and in words on the page. */
  readonly kind: 'text' | 'month' | 'date' | 'moment' | 'count' | 'money'
  readonly colour?: string
  /** The tier colour's name, for charts of tiers. */
  readonly tint?: string
}

/** See the file. */
export interface Report {
  readonly id: string
  readonly title: string
  readonly text: string
  /** Of all money in it. */
  readonly currency?: string
  /** Whose clock moments are read on. @default UTC */
  readonly timeZone?: string
  readonly columns: readonly Column[]
  readonly rows: readonly ReportRow[]
  /** Rows beyond these are in the file only. @default all */
  readonly mostShown?: number
  /** What is drawn where the table's own columns would not do. */
  readonly chart?: Pick<Report, 'columns' | 'rows'>
}

/** Counts, minor units, or texts, by column; `short` is what stands under a bar. */
export type ReportRow = Readonly<Record<string, string | number>>

/** What names and colours come from. */
export interface Names {
  readonly tiers: readonly { readonly id: string; readonly name: string; readonly colour: string }[]
  client(id: string): string
  actor(id: string): string
  /** As `actor`, for a file that others read. */
  actorInFile(id: string): string
}

/** Rows of a list that the page shows; its file has them all. */
export const mostRows = 25

/** What is drawn: the columns with a colour, and their rows. */
export function drawnPart({ columns, rows, chart }: Report): Pick<Report, 'columns' | 'rows'> {
  const of = chart ?? { columns, rows }
  return { ...of, columns: of.columns.filter(({ colour, tint }) => colour !== undefined || tint !== undefined) }
}

/** Numbers stand under each other at the end of their column. */
export const isNumber = ({ kind }: Column): boolean => kind === 'count' || kind === 'money'

/** A value as people read it. */
export function cellWords(value: string | number | undefined, { kind }: Column, report: Report): string {
  const { currency = '', timeZone = 'UTC' } = report
  if (typeof value === 'number') return kind === 'money' ? money(value, currency) : numberWords(value)
  if (kind === 'moment') return value ? exactTime(Date.parse(value), timeZone) : m.reports_never()
  if (!value) return ''
  return kind === 'month' ? monthWords(value) : kind === 'date' ? dateWords(value) : value
}

/** The whole table as CSV: plain decimals, and nothing that a spreadsheet would run. */
export function reportToCsv(report: Report): string {
  const { columns, rows, currency = '' } = report
  const labels = columns.map(({ label, heading = label, kind }) =>
    kind === 'money' ? `${heading} ${currency}` : heading,
  )
  const records = rows.map((row) =>
    columns.map(({ key, kind }) => {
      const value = row[key] ?? ''
      return kind === 'money' && typeof value === 'number' ? minorToDecimal(value, currency) : value
    }),
  )
  return Papa.unparse([labels, ...records], { escapeFormulae: /^[=+@\t\r]|^-(?![\d.]+$)/, newline: '\r\n' })
}
