// Rows of whole numbers that stand together in memory: looking at a row touches one place, where columns touch one for each field.

/** What packed rows hold, to be stored. */
export interface StoredRows {
  readonly size: number
  readonly words: Uint32Array<ArrayBuffer>
}

/** Rows of `width` numbers below 2³² that are only ever added. */
export class PackedRows {
  size: number
  readonly width: number
  /** Row `r` begins at `r * width`. What lies behind the last row has no meaning. */
  words: Uint32Array<ArrayBuffer>

  constructor(width: number, stored?: StoredRows) {
    this.width = width
    this.size = stored?.size ?? 0
    this.words = stored?.words ?? new Uint32Array(64 * width)
  }

  /** Adds a row of zeros and gives its number. */
  addRow(): number {
    if ((this.size + 1) * this.width > this.words.length) {
      const longer = new Uint32Array(Math.max(64 * this.width, this.words.length * 2))
      longer.set(this.words)
      this.words = longer
    }
    return this.size++
  }

  /** The rows that are there, as a copy to store. */
  toStored(): StoredRows {
    return { size: this.size, words: this.words.slice(0, this.size * this.width) }
  }
}
