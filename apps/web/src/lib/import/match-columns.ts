// Finds which column of a file holds which field, by its heading.
import type { ImportRow } from '@tierbook/core'
import type { CsvTable } from './read-csv.ts'
import { m } from '#lib/paraglide/messages.js'

/** Fields that an import can bring, in the order shown. */
export const importFields = [
  {
    field: 'client',
    label: m.import_field_client,
    names: [
      'client',
      'clientname',
      'name',
      'organisation',
      'organization',
      'company',
      'customer',
      'account',
      'kunde',
      'kundenname',
      'firma',
    ],
  },
  {
    field: 'tier',
    label: m.import_field_tier,
    names: ['tier', 'servicetier', 'plan', 'serviceplan', 'level', 'stufe', 'servicestufe', 'tarif'],
  },
  {
    field: 'created',
    label: m.import_field_created,
    names: [
      'created',
      'createdon',
      'createdat',
      'onboarded',
      'onboardedon',
      'since',
      'start',
      'startdate',
      'angelegt',
      'seit',
      'beginn',
    ],
  },
  {
    field: 'lastActivity',
    label: m.import_field_activity,
    names: ['lastactivity', 'lastactive', 'lastseen', 'activity', 'letzteaktivität'],
  },
  {
    field: 'externalRef',
    label: m.import_field_external,
    names: [
      'externalid',
      'externalref',
      'externalreference',
      'reference',
      'ref',
      'id',
      'clientid',
      'accountid',
      'externekennung',
      'kundennummer',
    ],
  },
  {
    field: 'effectiveOn',
    label: m.import_field_effective,
    names: ['effectiveon', 'effective', 'effectivedate', 'tiereffective', 'tiersince', 'wirksamab', 'stufewirksamab'],
  },
] as const

export type ImportField = (typeof importFields)[number]['field']
/** Column index of each field; a field without a column is not imported. */
export type ColumnMatch = Partial<Record<ImportField, number>>

/** Guesses the columns from the headings; each column serves one field. */
export function matchColumns(header: readonly string[]): ColumnMatch {
  const headings = header.map((heading) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''))
  const taken = new Set<number>()
  const match: ColumnMatch = {}
  for (const { field, names } of importFields) {
    const index = names.map((name) => headings.indexOf(name)).find((found) => found >= 0 && !taken.has(found))
    if (index === undefined) continue
    match[field] = index
    taken.add(index)
  }
  return match
}

/** The file's rows as core plans them. */
export function toImportRows(table: Pick<CsvTable, 'rows'>, match: ColumnMatch): ImportRow[] {
  const columns = Object.entries(match) as [ImportField, number][]
  return table.rows.map(({ row, cells }) => {
    const fields: Partial<Record<ImportField, string>> = {}
    for (const [field, index] of columns) {
      const cell = cells[index]
      if (cell !== undefined) fields[field] = withoutFormulaGuard(cell)
    }
    return { row, ...fields }
  })
}

/** Exports put an apostrophe before cells that a spreadsheet would run as a formula; a re-import takes it off. */
function withoutFormulaGuard(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell
}
