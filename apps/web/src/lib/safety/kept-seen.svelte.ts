// How many of the things kept aside somebody has seen on this device: the banner over all pages speaks of newer ones only.
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from '#lib/device/stored-json.ts'

const keyOf = (book: string) => `tierbook.kept-seen.${book}`
/** By book: the banner and the list in the settings are about the same one. */
const counts = $state<Record<string, number>>({})

/** What was seen of a book's; a browser that keeps nothing is asked again at the next visit. */
export function keptSeen(storage: KeyValueStorage, book: string) {
  const stored = readStored(storage, keyOf(book), z.number()).value ?? 0
  return {
    get count(): number {
      return counts[book] ?? stored
    },
    note(count: number): void {
      if (count === this.count) return
      counts[book] = count
      writeStored(storage, keyOf(book), count)
    },
  }
}
