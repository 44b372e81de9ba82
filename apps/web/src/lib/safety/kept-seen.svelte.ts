// Which of the things kept aside somebody has seen on this device: the banner over all pages speaks of the others only.
import type { SetAside } from '@tierbook/core'
import { SvelteSet } from 'svelte/reactivity'
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from '#lib/device/stored-json.ts'

const Ids = z.array(z.string())
const keyOf = (book: string) => `tierbook.kept-seen.${book}`
/** In this tab: the banner hears of what the list in the settings notes, also where the browser keeps nothing. */
const seenHere = new SvelteSet<string>()

/** Those that nobody has seen; a browser that keeps nothing asks again at the next visit. */
export function unseenKept(storage: KeyValueStorage, book: string, kept: readonly SetAside[]): readonly SetAside[] {
  const seen = readStored(storage, keyOf(book), Ids).value ?? []
  return kept.filter(({ id }) => !seenHere.has(id) && !seen.includes(id))
}

/** What is there now was in sight; what was removed is forgotten. */
export function noteKeptSeen(storage: KeyValueStorage, book: string, kept: readonly SetAside[]): void {
  if (unseenKept(storage, book, kept).length === 0) return
  writeStored(
    storage,
    keyOf(book),
    kept.map(({ id }) => id),
  )
  for (const { id } of kept) seenHere.add(id)
}
