// The table as a CSV file; cells that a spreadsheet would run as formulas are made harmless.
import type { ClientRow, Tier } from '@tierbook/core'
import Papa from 'papaparse'
import { systemsOf } from '#lib/record/systems.ts'

/** The CSV text; its headings are those that the import knows. */
export function tableToCsv({ rows, tiers }: { rows: readonly ClientRow[]; tiers: readonly Tier[] }): string {
  const names = new Map(tiers.map((tier) => [tier.id, tier.name]))
  const systems = systemsOf(rows)
  const records = rows.map((row) => ({
    Client: row.name,
    Plan: row.tier === null ? '' : (names.get(row.tier) ?? row.tier),
    Status: row.status,
    'Last activity': row.lastActivity === null ? '' : new Date(row.lastActivity).toISOString(),
    Created: row.createdOn,
    'External id': row.externalRef ?? '',
    ...Object.fromEntries(systems.map((system) => [`External id (${system})`, idIn(system, row)])),
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

function idIn(system: string, { otherRefs }: ClientRow): string {
  return otherRefs?.find((ref) => ref.system === system)?.id ?? ''
}
