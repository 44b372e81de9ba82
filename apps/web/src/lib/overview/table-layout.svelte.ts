// How the table is laid out on this device: which columns, in which order, how wide, and how close the rows stand.
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from '#lib/device/stored-json.ts'
import { type Column, columnKeys, columns, type ColumnKey } from './columns.ts'

const key = 'tierbook.table'
const Key = z.enum(columnKeys)
const Layout = z.object({
  shown: z.array(Key),
  widths: z.record(z.string(), z.number().check(z.gte(1), z.lte(5_000))),
  dense: z.boolean(),
})
export type Layout = z.infer<typeof Layout>

const narrowestPx = 84
const widestPx = 900
export const usualLayout: Layout = {
  shown: columns.filter(({ usual }) => usual).map((column) => column.key),
  widths: {},
  dense: false,
}

export class TableLayout {
  #layout = $state.raw<Layout>(usualLayout)
  #storage: KeyValueStorage
  /** The columns in the order shown; the name always comes first. */
  columns: readonly Column[] = $derived(
    ['name' as const, ...this.#layout.shown.filter((shown) => shown !== 'name')].flatMap(
      (shown) => columns.find((column) => column.key === shown) ?? [],
    ),
  )

  constructor(storage: KeyValueStorage) {
    this.#storage = storage
    this.#layout = readStored(storage, key, Layout).value ?? usualLayout
  }

  get current(): Layout {
    return this.#layout
  }

  get dense(): boolean {
    return this.#layout.dense
  }
  set dense(dense: boolean) {
    this.apply({ ...this.#layout, dense })
  }

  width(column: Column): number {
    return this.#layout.widths[column.key] ?? column.width
  }

  resize(column: ColumnKey, width: number): void {
    const px = Math.round(Math.min(widestPx, Math.max(narrowestPx, width)))
    this.apply({ ...this.#layout, widths: { ...this.#layout.widths, [column]: px } })
  }

  apply(layout: Layout): void {
    this.#layout = layout
    writeStored(this.#storage, key, layout)
  }
}
