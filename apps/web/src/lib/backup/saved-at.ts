// When this device last saved a book to a file.
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from '#lib/device/stored-json.ts'

const keyOf = (book: string) => `tierbook.saved-file.${book}`

/** Epoch ms; null where it never was. */
export function savedAt(storage: KeyValueStorage, book: string): number | null {
  return readStored(storage, keyOf(book), z.number()).value
}

/** Remembers it; a browser that keeps nothing is told of elsewhere. */
export function noteSaved(storage: KeyValueStorage, book: string, at: number): void {
  writeStored(storage, keyOf(book), at)
}
