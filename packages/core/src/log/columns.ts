// Rows of numbers, a column for each field: a hundred thousand rows without an object each, which is what a large book opens fast by.

/** A column of numbers. */
export type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
/** Columns by name. */
export type Columns = Readonly<Record<string, Column>>

/** Rows that are only ever added. */
export class ColumnTable<C extends Columns> {
  size = 0
  /** Longer than `size`: what lies behind the last row has no meaning. */
  columns: C

  /** `columns` tell names and types; what they hold is the first rows. */
  constructor(columns: C, size = 0) {
    this.columns = columns
    this.size = size
  }

  /** Adds a row of zeros and gives its number. */
  addRow(): number {
    if (this.size === lengthOf(this.columns)) this.columns = copyOf(this.columns, Math.max(64, this.size * 2))
    return this.size++
  }

  /** The columns cut to the rows that are there, as a copy to store. */
  toStored(): C {
    return copyOf(this.columns, this.size)
  }
}

/** Distinct texts by number: each is kept once, and rows name it by its number. */
export class Interned {
  readonly texts: string[] = []
  readonly #places = new Map<string, number>()

  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.place(text)
  }

  /** The text's number, a new one where it was not known. */
  place(text: string): number {
    let place = this.#places.get(text)
    if (place === undefined) {
      const flat = flatten(text)
      place = this.texts.push(flat) - 1
      this.#places.set(flat, place)
    }
    return place
  }

  /** The text's number, if it is known. */
  find(text: string): number | undefined {
    return this.#places.get(text)
  }

  /** The text with this number; empty where there is none. */
  at(place: number | undefined): string {
    return this.texts[place ?? -1] ?? ''
  }
}

/** A copy that shares no memory with a longer text it was cut from: comparing with it then touches one place in memory. */
function flatten(text: string): string {
  if (text.length > 64) return text
  const codes: number[] = []
  for (let at = 0; at < text.length; at++) codes.push(text.charCodeAt(at))
  return String.fromCharCode(...codes)
}

function lengthOf(columns: Columns): number {
  for (const name in columns) return columns[name]?.length ?? 0
  return 0
}

function copyOf<C extends Columns>(columns: C, length: number): C {
  const copies: Record<string, Column> = {}
  for (const [name, column] of Object.entries(columns)) {
    const copy = new (column.constructor as new (length: number) => Column)(length)
    copy.set(column.length > length ? column.subarray(0, length) : column)
    copies[name] = copy
  }
  return copies as C
}
