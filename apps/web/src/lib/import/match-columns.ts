// Finds which column of a file holds which field, by its heading.
import type { CsvTable } from './read-csv.ts'

/** A field that an import can bring. */
export interface ImportField {
  readonly field: string
  readonly label: () => string
  /** Headings that mean it, in lower case, letters and digits only. */
  readonly names: readonly string[]
  /** Nothing can be imported without a column for it; or, where another field is named, for that. */
  readonly required?: true | string
}

/** Column index of each field; a field without a column is not imported. */
export type ColumnMatch = Readonly<Record<string, number>>

/** A row by its fields, each as text; `row` counts from 1 with the header as row 1. */
export interface FieldRow {
  readonly row: number
  readonly cells: Readonly<Record<string, string>>
}

/** The field of ids in a system that has a name. */
export function systemField(system: string, label: () => string): ImportField {
  const name = toHeadingName(system)
  const around = ['externalid', 'externalref', 'externekennung', 'externeid', 'id', 'kennung']
  return {
    field: `ref:${system}`,
    label,
    names: [name, ...around.flatMap((word) => [`${word}${name}`, `${name}${word}`])],
  }
}

/** Systems that the headings name as our exports do. */
export function systemsNamed(header: readonly string[]): readonly string[] {
  return header.flatMap(
    (heading) => /^(?:External id|Externe Kennung|Externe ID) \((.+)\)$/i.exec(heading.trim())?.[1] ?? [],
  )
}

/** Lower case, letters and digits only. */
function toHeadingName(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** Guesses the columns from the headings; each column serves one field. */
export function matchColumns(fields: readonly ImportField[], header: readonly string[]): ColumnMatch {
  const headings = header.map(toHeadingName)
  const taken = new Set<number>()
  const match: Record<string, number> = {}
  for (const { field, names } of fields) {
    const index = names.map((name) => headings.indexOf(name)).find((found) => found >= 0 && !taken.has(found))
    if (index === undefined) continue
    match[field] = index
    taken.add(index)
  }
  return match
}

/** The file's rows by field. */
export function toFieldRows(table: Pick<CsvTable, 'rows'>, match: ColumnMatch): FieldRow[] {
  const columns = Object.entries(match)
  return table.rows.map(({ row, cells }) => {
    const fields: Record<string, string> = {}
    for (const [field, index] of columns) {
      const cell = cells[index]
      if (cell !== undefined) fields[field] = withoutFormulaGuard(cell)
    }
    return { row, cells: fields }
  })
}

/** Exports put an apostrophe before cells that a spreadsheet would run as a formula; a re-import takes it off. */
function withoutFormulaGuard(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell
}
