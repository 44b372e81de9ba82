// `move`: carries one book or all of a server to another store, and proves that they arrived.
import { copyBook, type CopiedBook } from './copy-book.ts'
import { isDatabase, type MovePlace, openMovePlace, requireNoServers } from './move-place.ts'
import { OperatorError } from './operator-error.ts'
import type { Finding } from './verify-book.ts'
import { chosenBooks } from './chosen-books.ts'
import { verifyStore } from './verify-store.ts'

/** What was moved, and what is wrong with it there. */
export interface Move {
  readonly books: readonly CopiedBook[]
  /** Whether the signing key went along: then devices stay signed in. */
  readonly movedKey: boolean
  readonly findings: readonly Finding[]
}

/**
 * `from` and `to` are data folders or PostgreSQL addresses; no server may run on them. Without `book` all books go, and the key with them. Cut short, it
 * goes on where it was when it is run again; until it is through no server starts on `to`. `from` is left as it is.
 */
export async function moveBooks(options: {
  from: string
  to: string
  book?: string | undefined
  onProgress?: (progress: { book: string; seq: number; of: number }) => void
}): Promise<Move> {
  if (options.from === options.to) throw new OperatorError('--to is the store that the books are in already')
  for (const place of [options.from, options.to]) if (isDatabase(place)) await requireNoServers(place)
  const from = await openMovePlace(options.from)
  try {
    const to = await openMovePlace(options.to)
    try {
      return await moveBetween(from, to, options)
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
}

async function moveBetween(
  from: MovePlace,
  to: MovePlace,
  { book, onProgress }: Parameters<typeof moveBooks>[0],
): Promise<Move> {
  // A wrong id is said before anything is written.
  if (book !== undefined) await chosenBooks(from.storage, book).next()
  if ((await from.note()) !== undefined)
    throw new OperatorError(
      'the store to move from is not whole: a move or a restore to it was cut short; run that again',
    )
  if (((await to.note()) ?? 'move') !== 'move')
    throw new OperatorError('a restore to the store to move to was cut short: run that again')
  const movedKey = book === undefined && (await takeKey(from, to))
  if (book === undefined) await to.setNote('move')
  const books: CopiedBook[] = []
  for await (const record of chosenBooks(from.storage, book))
    books.push(await copyBook({ book: record.book, from, to, onProgress }))
  const findings: Finding[] = []
  for (const copied of books) findings.push(...(await verifyStore(to.storage, { book: copied.book })).findings)
  if (findings.length === 0 && book === undefined) await to.removeNote()
  return { books, movedKey, findings }
}

/** Two servers have two keys, and their devices are signed in with one of them. */
async function takeKey(from: MovePlace, to: MovePlace): Promise<boolean> {
  const key = await from.key()
  const there = await to.key()
  if (there !== undefined && there !== key)
    throw new OperatorError(
      'another server lives there, with a key of its own: move a book to it with --book, or name an empty place',
    )
  if (there !== undefined || key === undefined) return false
  await to.setKey(key)
  return true
}
