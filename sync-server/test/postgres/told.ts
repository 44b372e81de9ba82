// What a device was told is on disk: all that others made, since nobody sees what is not stored, and of its own all but what it still keeps to send.
import type { Book } from '@tierbook/core'

export function toldTexts(book: Book, actor: string): string[] {
  const texts = book.doc.getArray<string>('log').toArray()
  const isOwn = (text: string) => (JSON.parse(text) as { by: string }).by === actor
  const own = texts.filter(isOwn)
  const unsent = new Set(own.slice(own.length - book.status.unsent))
  return texts.filter((text) => !unsent.has(text))
}
