// The table as a CSV file; cells that a spreadsheet would run as formulas are made harmless.
import type { ClientRow, Tier } from '@tierbook/core'
import Papa from 'papaparse'
import { systemsOf } from '#lib/record/systems.ts'

/** The other point in time that a table is seen from. */
export interface TableMoment {
  readonly asOf: string
  /** The day, or the moment (ISO 8601, UTC), after which nothing counts that was recorded; null for everything. */
  readonly knownOn: string | null
}

/** What is in the file; `moment` is null for the table of today. */
export interface TableExport {
  readonly rows: readonly ClientRow[]
  readonly tiers: readonly Tier[]
  readonly moment: TableMoment | null
}

/**
 * The CSV text; its headings are those that the import knows. Of another moment each row says so, and what is only known of today is left out: when a
 * client was last active, its note, and, unless it is what was known then, whether it is contested.
 */
export function tableToCsv({ rows, tiers, moment }: TableExport): string {
  const names = new Map(tiers.map((tier) => [tier.id, tier.name]))
  const systems = systemsOf(rows)
  const isKnownThen = moment === null || moment.knownOn !== null
  const records = rows.map((row) => ({
    ...(moment && { 'As of': moment.asOf }),
    ...(moment?.knownOn && { 'As known on': moment.knownOn }),
    Client: row.name,
    Plan: row.tier === null ? '' : (names.get(row.tier) ?? row.tier),
    Status: row.status,
    ...(moment === null && {
      'Last activity': row.lastActivity === null ? '' : new Date(row.lastActivity).toISOString(),
    }),
    Created: row.createdOn,
    'External id': row.externalRef ?? '',
    ...Object.fromEntries(systems.map((system) => [`External id (${system})`, idIn(system, row)])),
    'Scheduled plan': row.scheduled
      ? row.scheduled.tier === null
        ? 'Ends'
        : (names.get(row.scheduled.tier) ?? row.scheduled.tier)
      : '',
    'Scheduled from': row.scheduled?.effectiveOn ?? '',
    ...(moment === null && { Note: row.note ?? '' }),
    ...(isKnownThen && { Contested: row.contested ? 'yes' : '' }),
  }))
  return Papa.unparse(records, { escapeFormulae: true, newline: '\r\n' })
}

/** How a file's name says from when it is; file systems allow no colons. */
export function momentInName(moment: TableMoment | null): string {
  if (moment === null) return ''
  const { asOf, knownOn } = moment
  const known = knownOn !== null && knownOn.length > 10 ? `${knownOn.slice(0, 16).replace(':', '')}Z` : knownOn
  return `-${asOf}${known === null ? '' : `-as-known-on-${known}`}`
}

function idIn(system: string, { otherRefs }: ClientRow): string {
  return otherRefs?.find((ref) => ref.system === system)?.id ?? ''
}
