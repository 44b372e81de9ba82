// The table as a CSV file; cells that a spreadsheet would run as formulas are made harmless.
import type { BookSettings, ClientRow, Tier } from '@tierbook/core'
import Papa from 'papaparse'
import { downloadText } from '#lib/ui/download-text.ts'
import { fileNameOf } from '#lib/ui/file-name.ts'

/** What to export: rows in the order shown. */
export interface TableExport {
  readonly rows: readonly ClientRow[]
  readonly tiers: readonly Tier[]
  readonly settings: BookSettings
}

/** The CSV text; its headings are those that the import knows. */
export function tableToCsv({ rows, tiers }: Pick<TableExport, 'rows' | 'tiers'>): string {
  const names = new Map(tiers.map((tier) => [tier.id, tier.name]))
  const records = rows.map((row) => ({
    Client: row.name,
    Plan: row.tier === null ? '' : (names.get(row.tier) ?? row.tier),
    Status: row.status,
    'Last activity': row.lastActivity === null ? '' : new Date(row.lastActivity).toISOString(),
    Created: row.createdOn,
    'External id': row.externalRef ?? '',
    'Scheduled plan': row.scheduled
      ? row.scheduled.tier === null
        ? 'Ends'
        : (names.get(row.scheduled.tier) ?? row.scheduled.tier)
      : '',
    'Scheduled from': row.scheduled?.effectiveOn ?? '',
    Contested: row.contested ? 'yes' : '',
  }))
  return Papa.unparse(records, { escapeFormulae: true, newline: '\r\n' })
}

/** Saves the table as a file. The byte order mark tells Excel that it is UTF-8. */
export function downloadTable(table: TableExport): void {
  const name = fileNameOf(table.settings.name, 'clients.csv')
  downloadText(name, `\uFEFF${tableToCsv(table)}`, 'text/csv;charset=utf-8')
}
