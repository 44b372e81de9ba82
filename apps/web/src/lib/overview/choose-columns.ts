// Which columns the table has, and in which order. Apart from the layout itself, which the first page loads.
import type { ColumnKey } from './columns.ts'
import type { TableLayout } from './table-layout.svelte.ts'

export function isShown(layout: TableLayout, column: ColumnKey): boolean {
  return column === 'name' || layout.current.shown.includes(column)
}

export function toggleColumn(layout: TableLayout, column: ColumnKey): void {
  const { shown } = layout.current
  const next = shown.includes(column) ? shown.filter((other) => other !== column) : [...shown, column]
  layout.apply({ ...layout.current, shown: next })
}

/** Moves a shown column one place; it never passes the name. */
export function moveColumn(layout: TableLayout, column: ColumnKey, by: -1 | 1): void {
  const shown = layout.columns.map(({ key }) => key)
  const from = shown.indexOf(column)
  const to = from + by
  if (from < 1 || to < 1 || to >= shown.length) return
  shown.splice(to, 0, ...shown.splice(from, 1))
  layout.apply({ ...layout.current, shown })
}
