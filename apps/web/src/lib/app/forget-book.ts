// Removes everything a book keeps on this device.
import { deleteBook } from '@tierbook/core/indexeddb'

/** Deletes the book's databases; the server and other devices keep theirs. */
export async function forgetBook(id: string): Promise<void> {
  await deleteBook(id)
}
