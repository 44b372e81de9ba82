// Which book an invite leads to, and putting a book on the server with an owner link.
import type { Invite } from '../identity/tokens.ts'
import type { ServerStorage } from '../storage/storage.ts'
import { problem, type Reply } from './reply.ts'

/** The book that the device opens, or why there is none. */
export type Joined = { readonly ok: true; readonly book: string } | { readonly ok: false; readonly reply: Reply }

/**
 * An invite that names a book leads to it; an owner's makes it where the server does not hold it yet. The link that `start` prints on a
 * fresh server names none: the first device's book is put there, and whoever opens the same link later joins that book, whatever they ask for.
 */
export async function joinBook(
  { storage, now }: { storage: ServerStorage; now: () => number },
  { invite, actor, wanted }: { invite: Invite; actor: string; wanted: string | undefined },
): Promise<Joined> {
  if (invite.book !== undefined) {
    if (await storage.book(invite.book)) return { ok: true, book: invite.book }
    if (invite.role !== 'owner')
      return { ok: false, reply: problem('no-such-book', 'this server does not hold the book of the invite') }
    return register(invite.book)
  }
  const books = await storage.books()
  const only = books.length === 1 ? books[0] : undefined
  if (only) return { ok: true, book: only.book }
  if (wanted !== undefined && books.some(({ book }) => book === wanted)) return { ok: true, book: wanted }
  if (wanted === undefined || books.length > 0 || invite.role !== 'owner') {
    return {
      ok: false,
      reply: problem('book-required', 'the link names no book; say which one to put on this server', 'book'),
    }
  }
  return register(wanted)

  async function register(book: string): Promise<Joined> {
    await storage.registerBook({ book, actor, now: now() })
    return { ok: true, book }
  }
}
