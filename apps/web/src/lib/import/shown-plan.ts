// What an import would do, as the page shows it, whatever it brings.
import type { Book, ImportRow, Result } from '@tierbook/core'
import { dateWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'
import type { FieldRow } from './match-columns.ts'
import { rowProblemWords } from './row-problem-words.ts'

/** A cell of the preview: text, or a tier's badge. */
export type ShownCell = string | { readonly tier: string }

/** What one good row does. */
export interface ShownStep {
  readonly row: number
  readonly does: 'add' | 'change' | 'nothing'
  /** As many as there are columns; the first names the row. */
  readonly cells: readonly ShownCell[]
}

/** What is wrong with a row. */
export interface RowProblem {
  readonly row: number
  readonly message: string
}

/** A whole import: good rows as steps, bad rows as problems. */
export interface ShownPlan {
  /** Headings of the steps' cells. */
  readonly columns: readonly string[]
  readonly steps: readonly ShownStep[]
  readonly problems: readonly RowProblem[]
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  /** Carries it out. */
  run(): Promise<Result<{ readonly batch: string; readonly added: number; readonly changed: number }>>
}

/** Plans an import of clients, from a file or from another book. */
export async function planClients(book: Book, rows: readonly ImportRow[], source: string): Promise<ShownPlan> {
  const plan = await book.planImport(rows, { source })
  const byNumber = new Map(rows.map((row) => [row.row, row]))
  const tiers = book.tiers().map(({ name }) => name)
  return {
    columns: [m.import_field_client(), m.import_field_tier(), m.import_field_created()],
    steps: plan.steps.map(({ row, does, name, tier, fields }) => ({
      row,
      does,
      cells: [name, tier ? { tier: tier.tier } : '', fields.createdOn ? dateWords(fields.createdOn) : ''],
    })),
    problems: plan.problems.map((problem) => ({
      row: problem.row,
      message: rowProblemWords(problem, { row: byNumber.get(problem.row), tiers }),
    })),
    added: plan.added,
    changed: plan.changed,
    unchanged: plan.unchanged,
    run: () => book.importClients(plan),
  }
}

/** A file's rows as core plans clients. */
export function toImportRows(rows: readonly FieldRow[]): ImportRow[] {
  return rows.map(({ row, cells }) => {
    const fields = Object.entries(cells)
    const refs = fields.filter(([field]) => field.startsWith('ref:'))
    return {
      row,
      ...Object.fromEntries(fields.filter(([field]) => !field.startsWith('ref:'))),
      ...(refs.length > 0
        ? { otherRefs: Object.fromEntries(refs.map(([field, id]) => [field.slice('ref:'.length), id])) }
        : {}),
    }
  })
}
