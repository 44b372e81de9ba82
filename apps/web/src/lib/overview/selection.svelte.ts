// Which clients are selected; the selection outlives filters, so that it can be gathered in several searches.
import type { ClientRow } from '@tierbook/core'

export class Selection {
  #ids = $state.raw<ReadonlySet<string>>(new Set())
  #last: string | null = null

  get ids(): ReadonlySet<string> {
    return this.#ids
  }

  get size(): number {
    return this.#ids.size
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** Turns one client; with `through`, all rows between it and the one before take its new state. */
  toggle(id: string, through?: readonly ClientRow[]): void {
    const ids = new Set(this.#ids)
    const isOn = !ids.has(id)
    for (const each of through ? this.#between(id, through) : [id]) {
      if (isOn) ids.add(each)
      else ids.delete(each)
    }
    this.#last = id
    this.#ids = ids
  }

  /** Whether all, some or none of `rows` are selected. */
  of(rows: readonly ClientRow[]): 'all' | 'some' | 'none' {
    if (this.#ids.size === 0 || rows.length === 0) return 'none'
    const count = rows.reduce((sum, { id }) => sum + (this.#ids.has(id) ? 1 : 0), 0)
    return count === 0 ? 'none' : count === rows.length ? 'all' : 'some'
  }

  /** Selects all of `rows`, or none of them where all are. */
  toggleAll(rows: readonly ClientRow[]): void {
    const ids = new Set(this.#ids)
    const isOn = this.of(rows) !== 'all'
    for (const { id } of rows) {
      if (isOn) ids.add(id)
      else ids.delete(id)
    }
    this.#ids = ids
  }

  clear(): void {
    this.#ids = new Set()
    this.#last = null
  }

  #between(id: string, rows: readonly ClientRow[]): string[] {
    const from = rows.findIndex((row) => row.id === this.#last)
    const to = rows.findIndex((row) => row.id === id)
    if (from < 0 || to < 0) return [id]
    return rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id)
  }
}
