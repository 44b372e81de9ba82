// What the server says no with, in the language shown. It speaks English to developers; what has no words here is shown as it came.
import { closeReason } from '@tierbook/core/protocol'
import type { ApiErrorCode } from '@tierbook/core/protocol'
import { m } from '#lib/paraglide/messages.js'

const byCode: Readonly<Partial<Record<string, () => string>>> = {
  'book-required': m.server_book_required,
  'invite-invalid': m.server_invite_invalid,
  'invite-expired': m.server_invite_expired,
  'invite-used': m.server_invite_used,
  'token-invalid': m.server_token_unknown,
  'token-expired': m.server_token_over,
  revoked: m.server_revoked,
  'not-allowed': m.server_not_allowed,
  'origin-not-allowed': m.server_origin,
  'last-owner': m.server_last_owner,
  'no-such-member': m.server_no_such_member,
  'no-such-book': m.server_no_such_book,
  'too-many-requests': m.server_too_many,
  internal: m.server_failed,
  unavailable: m.server_failed,
} satisfies Partial<Record<ApiErrorCode, () => string>>

/** Why a call was refused. */
export function refusalWords({ code, message }: { code: string; message: string }): string {
  return byCode[code]?.() ?? message
}

const byReason: readonly (readonly [string, () => string])[] = [
  [closeReason.revoked, m.server_revoked],
  [closeReason.tokenExpired, m.server_token_over],
  [closeReason.tokenInvalid, m.server_token_unknown],
  [closeReason.tokenMissing, m.server_token_unknown],
  [closeReason.otherBook, m.server_token_unknown],
  [closeReason.noSuchBook, m.server_no_such_book],
  [closeReason.otherOrigin, m.server_origin],
  [closeReason.tooLarge, m.server_too_large],
]

/** Why a connection was ended for good; `isForeign` where it is not in the language shown. */
export function closeWords(reason: string): { readonly text: string; readonly isForeign: boolean } {
  const words = byReason.find(([known]) => reason.startsWith(known))?.[1]
  return words ? { text: words(), isForeign: false } : { text: reason, isForeign: true }
}
