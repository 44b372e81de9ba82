// Plans an import of prices, usage or history: rows are read here, what they would do says the book.
import type { BillingOutcome, Book } from '@tierbook/core'
import { errorWords } from '#lib/i18n/error-words.ts'
import { createLookUp } from './look-up.ts'
import type { FieldRow } from './match-columns.ts'
import { historyReader } from './read-history.ts'
import { type DecimalSign, decimalSignOf } from './read-quantity.ts'
import { priceReader } from './read-price-row.ts'
import { usageReader } from './read-usage.ts'
import type { RowProblem, ShownCell, ShownPlan } from './shown-plan.ts'

/** Kinds of rows that are written as one batch. */
export type RecordKind = 'prices' | 'usage' | 'history'

/** A good row: what it says, and how the preview shows it. */
export interface ReadRow<Item> {
  readonly item: Item
  readonly cells: readonly ShownCell[]
}

/** Reads rows of one kind; words where a row has faults. */
export interface RowReader<Item> {
  readonly columns: readonly string[]
  read(cells: Readonly<Record<string, string>>): ReadRow<Item> | { readonly faults: readonly string[] }
}

/** Plans it; nothing is written before its `run`. */
export async function planRecords(
  book: Book,
  rows: readonly FieldRow[],
  { kind, source }: { kind: RecordKind; source: string },
): Promise<ShownPlan> {
  const lookUp = createLookUp(book)
  switch (kind) {
    case 'prices':
      return plan(book, rows, { source, list: 'prices', reader: priceReader(book, lookUp) })
    case 'usage':
      return plan(book, rows, { source, list: 'usage', reader: usageReader(lookUp, signOf(rows)) })
    case 'history':
      return plan(book, rows, { source, list: 'tierChanges', reader: historyReader(book, lookUp) })
  }
}

/** Of the column of quantities. */
function signOf(rows: readonly FieldRow[]): DecimalSign {
  return decimalSignOf(rows.map(({ cells }) => cells['quantity'] ?? ''))
}

type List = 'prices' | 'usage' | 'tierChanges'

async function plan<Item>(
  book: Book,
  rows: readonly FieldRow[],
  { source, list, reader }: { source: string; list: List; reader: RowReader<Item> },
): Promise<ShownPlan> {
  const problems: RowProblem[] = []
  const read: (ReadRow<Item> & { row: number })[] = []
  for (const { row, cells } of rows) {
    if (Object.values(cells).every((cell) => cell.trim() === '')) continue
    const one = reader.read(cells)
    if ('faults' in one) problems.push(...one.faults.map((message) => ({ row, message })))
    else read.push({ row, ...one })
  }
  const preview = await book.previewBilling({ [list]: read.map(({ item }) => item) })
  if (!preview.ok) throw new Error(errorWords(preview.error))
  const outcomes: readonly BillingOutcome[] = preview.value[list]
  const good: { readonly row: number; readonly does: 'add' | 'change' | 'nothing'; readonly one: ReadRow<Item> }[] = []
  for (const [index, { row, ...one }] of read.entries()) {
    const outcome = outcomes[index]
    if (!outcome) continue
    if ('error' in outcome) problems.push({ row, message: errorWords(outcome.error) })
    else good.push({ row, does: outcome.does, one })
  }
  const count = (does: 'add' | 'change' | 'nothing') => good.filter((step) => step.does === does).length
  const [added, changed] = [count('add'), count('change')]
  return {
    columns: reader.columns,
    steps: good.map(({ row, does, one }) => ({ row, does, cells: one.cells })),
    problems: problems.sort((a, b) => a.row - b.row),
    added,
    changed,
    unchanged: count('nothing'),
    async run() {
      const items = good.map(({ one }) => one.item)
      const written = await book.applyBilling({ source, [list]: items })
      return written.ok ? { ok: true, value: { batch: written.value.batch, added, changed } } : written
    },
  }
}
