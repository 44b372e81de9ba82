// The cell that the keyboard is at. The focus stays on the table, which names the cell (`aria-activedescendant`): a row that scrolls away or
// that somebody else removes takes no focus with it.
import type { ClientRow } from '@tierbook/core'

/** What the cursor moves over. */
export interface GridShape {
  readonly rows: () => readonly ClientRow[]
  readonly columns: () => readonly string[]
  /** How many rows a page of the screen has. */
  readonly page: () => number
}

export class GridCursor {
  #client = $state<string | null>(null)
  #column = $state('name')
  #place = 0 // where the row was last: the next one takes over when it goes
  #shape: GridShape

  constructor(shape: GridShape) {
    this.#shape = shape
  }

  get client(): string | null {
    return this.#client
  }
  get column(): string {
    return this.#shape.columns().includes(this.#column) ? this.#column : 'name'
  }

  /** The index of the row; the nearest one where the client is no longer shown. */
  index(): number {
    const rows = this.#shape.rows()
    const found = this.#client === null ? -1 : rows.findIndex(({ id }) => id === this.#client)
    return found >= 0 ? found : Math.max(0, Math.min(this.#place, rows.length - 1))
  }

  /** Puts the cursor on a cell. */
  at(client: string, column: string): void {
    this.#client = client
    this.#column = column
    this.#place = this.index()
  }

  /** Moves by a key; gives the row's new index, or null where the key is none of the grid's. */
  move(key: string, options: { ctrl: boolean; rtl: boolean }): number | null {
    const rows = this.#shape.rows()
    const columns = this.#shape.columns()
    const at = { row: this.index(), column: Math.max(0, columns.indexOf(this.column)) }
    const forward = options.rtl ? -1 : 1
    if (key === 'ArrowDown') at.row += 1
    else if (key === 'ArrowUp') at.row -= 1
    else if (key === 'PageDown') at.row += this.#shape.page()
    else if (key === 'PageUp') at.row -= this.#shape.page()
    else if (key === 'ArrowRight') at.column += forward
    else if (key === 'ArrowLeft') at.column -= forward
    else if (key === 'Home' && options.ctrl) at.row = 0
    else if (key === 'End' && options.ctrl) at.row = rows.length - 1
    else if (key === 'Home') at.column = 0
    else if (key === 'End') at.column = columns.length - 1
    else return null
    if (this.#client === null && key === 'ArrowDown') at.row = this.index() // the first press shows where the cursor is
    const row = rows[Math.max(0, Math.min(rows.length - 1, at.row))]
    const column = columns[Math.max(0, Math.min(columns.length - 1, at.column))]
    if (!row || column === undefined) return null
    this.at(row.id, column)
    return this.#place
  }
}
