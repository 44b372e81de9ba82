// Which book an invite leads to, putting a book on the server with an owner link, and who may join under which actor id.
import type { Invite, Tokens } from '../identity/tokens.ts'
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
  // A platform has a million of them: two are enough to know.
  const [first, second] = await storage.someBooks(2)
  if (first !== undefined && second === undefined) return { ok: true, book: first }
  if (wanted !== undefined && (await storage.book(wanted))) return { ok: true, book: wanted }
  if (wanted === undefined || first !== undefined || invite.role !== 'owner') {
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

/** Where an invite leads now: the book that it names, or the server's only one. An owner link of a server with several leads to none of them. */
export async function bookBehind(
  storage: ServerStorage,
  invite: Invite,
): Promise<{ readonly book: string | null; readonly hasBooks: boolean }> {
  const [first, second] = await storage.someBooks(2)
  const only = second === undefined ? (first ?? null) : null
  return { book: invite.book ?? only, hasBooks: first !== undefined }
}

/**
 * A refusal where the book knows the actor and nothing shows that it is the caller: an invite tells the role only, and anybody in the book
 * reads the others' ids in its log. `token` is an access token for this book and actor, which may have expired, as on a device that was
 * signed out.
 */
export async function refuseTakenActor(
  { storage, tokens, now }: { storage: ServerStorage; tokens: Tokens; now: () => number },
  { book, actor, token }: { book: string; actor: string; token: string | undefined },
): Promise<Reply | null> {
  if (await storage.claimActor({ book, actor, now: now() })) return null
  const proof = token === undefined ? null : await tokens.readAccess(token, { mayBeExpired: true })
  if (proof?.ok && proof.value.book === book && proof.value.actor === actor) {
    // A device that was signed out for good proves nothing any more: it may be stolen.
    const { isRevoked } = await storage.access.standing(proof.value)
    if (!isRevoked) return null
  }
  return problem(
    'actor-taken',
    'actor.id: this id is taken in the book; join as a new person on this device, with a fresh id, or send the last access token of this actor for this book',
    'actor.id',
  )
}

/** A refusal where an invite for one person was used by another. With `useFor` it is used up, for that book; of two at once one gets through. */
export async function refuseUsedInvite(
  { storage, now }: { storage: ServerStorage; now: () => number },
  { invite, actor, useFor }: { invite: Invite; actor: string; useFor?: string },
): Promise<Reply | null> {
  if (!invite.isForOne) return null
  const { access } = storage
  const redeemer =
    useFor === undefined
      ? await access.redeemer(invite.id)
      : await access.redeem({ id: invite.id, book: useFor, actor, now: now() })
  // Whoever used it may come again: that it is the same person is shown by their token.
  if (redeemer === undefined || redeemer === actor) return null
  return problem('invite-used', 'the invite was for one person, and somebody used it; ask for a new one', 'invite')
}
