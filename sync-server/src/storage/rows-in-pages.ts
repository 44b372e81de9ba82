// Rows of a statement that several read at once. node:sqlite has one cursor for each prepared statement: whoever begins it anew ends everybody's reading
// with `iterator was invalidated`. So no cursor stays open while a reader waits for something else.
import type { SQLOutputValue } from 'node:sqlite'

type Row = Record<string, SQLOutputValue>

/** So much is held at once for a slow reader: a row may have as many bytes as an update. */
const [mostRows, mostBytes] = [1_000, 1_048_576]

/** Gives the rows that `begin` finds from a `seq` on, in pages; each row has its `seq`, in order. */
export function* rowsInPages(begin: (from: number) => Iterable<Row>, from: number): Generator<Row, void> {
  for (let next = from; ;) {
    const page = readPage(begin(next))
    yield* page.rows
    if (page.isLast) return
    next = (page.rows.at(-1)?.['seq'] as number) + 1
  }
}

function readPage(cursor: Iterable<Row>): { readonly rows: readonly Row[]; readonly isLast: boolean } {
  const rows: Row[] = []
  let bytes = 0
  try {
    for (const row of cursor) {
      rows.push(row)
      bytes += row['bytes'] instanceof Uint8Array ? row['bytes'].length : 0
      // Left by the loop, the cursor is closed.
      if (rows.length === mostRows || bytes >= mostBytes) return { rows, isLast: false }
    }
  } catch (error) {
    // A damaged row: those before it are read, and the next page begins with it.
    if (rows.length === 0) throw error
    return { rows, isLast: false }
  }
  return { rows, isLast: true }
}
