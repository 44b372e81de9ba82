// Rows of entries come in the order of the log, one client's far apart. Looking at all clients then waits for memory at every row.
import type { PackedRows } from '../log/packed-rows.ts'
import { elsewhere, entryFields, entryWidth } from './entry-fields.ts'

const links = [entryFields.next, entryFields.after, entryFields.takenBack]

/** Moves the rows of each client next to each other, in the order in which they came, and mends every link; gives the new number of each row. */
export function groupByClient(
  entries: PackedRows,
  clients: { readonly first: Uint32Array; readonly last: Uint32Array; readonly lastTier: Uint32Array },
): Uint32Array {
  const { size, words } = entries
  const moved = new Uint32Array(size)
  let place = 0
  for (const start of clients.first)
    for (let link = start; link > 0; link = words[(link - 1) * entryWidth + entryFields.next] ?? 0)
      moved[link - 1] = place++

  const grouped = new Uint32Array(words.length)
  for (let row = 0; row < size; row++) {
    const from = row * entryWidth
    const to = (moved[row] ?? 0) * entryWidth
    for (let field = 0; field < entryWidth; field++) grouped[to + field] = words[from + field] ?? 0
    for (const field of links) grouped[to + field] = follow(moved, words[from + field] ?? 0)
  }
  entries.words = grouped
  for (const column of [clients.first, clients.last, clients.lastTier])
    for (let client = 0; client < column.length; client++) column[client] = follow(moved, column[client] ?? 0)
  return moved
}

function follow(moved: Uint32Array, link: number): number {
  return link === 0 || link === elsewhere ? link : (moved[link - 1] ?? 0) + 1
}
