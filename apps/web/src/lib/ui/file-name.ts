// Names of files that a book is saved to.

/** The book's name as a file's name has it, and what the file is. */
export function fileNameOf(book: string, what: string): string {
  const name = book
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase()
  return `${name || 'tierbook'}-${what}`
}
