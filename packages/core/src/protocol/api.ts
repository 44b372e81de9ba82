// Shapes and codes of the JSON API.
import type { Role } from './roles.ts'

/** `GET /api/server`. */
export interface ServerDescription {
  readonly name: 'tierbook'
  readonly version: string
  readonly publicUrl: string
  /** Only this machine reaches the address: no other device can join through a link to it. */
  readonly publicUrlIsLoopback: boolean
  /** Browsers allow offline use (service worker, `crypto.subtle`) at this address. */
  readonly publicUrlIsSecure: boolean
}

/** Answer of `POST /api/invite`, to whoever holds the invite. */
export interface InviteDescription {
  readonly role: Role
  /** The book that joining leads to; null where the server has none yet, or several and the link names none. */
  readonly book: string | null
  readonly hasBooks: boolean
}

/**
 * Body of `POST /api/join`: an invite or owner link is redeemed for an access token. An actor that the book knows already sends its last
 * access token for that book as a bearer token, expired or not; without it the answer is `actor-taken`.
 */
export interface JoinRequest {
  readonly invite: string
  readonly actor: { readonly id: string; readonly name: string }
  readonly device: { readonly id: string; readonly name?: string }
  /** The book that an owner link without a book puts on the server; without effect where the server holds one already. */
  readonly book?: string
}

/** Answer of `POST /api/join` and of `POST /api/token`. `book` is the one to open, whatever was asked for. */
export interface AccessGrant {
  readonly token: string
  readonly book: string
  readonly role: Role
  /** Epoch ms. */
  readonly expiresAt: number
}

/** Body of `POST /api/invites`, owners only. */
export interface InviteRequest {
  readonly role: Role
  /** How long the invite can be redeemed. @default the server's TIERBOOK_INVITE_HOURS */
  readonly hours?: number
  /** For any number of people until it expires, instead of for one. @default false */
  readonly reusable?: boolean
}

/** Answer of `POST /api/invites`. */
export interface InviteGrant {
  readonly invite: string
  /** `<publicUrl>/join#<invite>`: in the fragment, so that it reaches no log. */
  readonly url: string
  /** Epoch ms. */
  readonly expiresAt: number
  /** `loopback`: the link works on this machine only; `not-https`: no offline use on the device that joins. */
  readonly warnings: readonly ('loopback' | 'not-https')[]
}

/** Answer of `GET /api/members`: everybody for owners, oneself for others. */
export interface MemberList {
  readonly members: readonly Member[]
}

/** A person in a book. Times are epoch ms. */
export interface Member {
  readonly actor: string
  /** Null for those whose token the operator made. */
  readonly name: string | null
  /** Null: what their tokens say. */
  readonly role: Role | null
  readonly joinedAt: number
  readonly revokedAt: number | null
  readonly devices: readonly MemberDevice[]
}

/** A device of a person. */
export interface MemberDevice {
  readonly device: string
  readonly name: string | null
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly isConnected: boolean
  readonly revokedAt: number | null
}

/** Body of `POST /api/members/role`, owners only. Whoever is connected is disconnected and comes back with the new role. */
export interface RoleRequest {
  readonly actor: string
  readonly role: Role
}

/** Body of `POST /api/members/revoke`: one device, or without `device` the person. Owners may revoke anybody, others their own devices. */
export interface RevokeRequest {
  readonly actor: string
  readonly device?: string
}

/** Codes of the JSON API's errors; closed. */
export type ApiErrorCode =
  | 'invalid-body' // 400
  | 'book-required' // 400: the link names no book, the body neither, and the server does not hold exactly one
  | 'invite-invalid' // 401
  | 'invite-expired' // 401
  | 'invite-used' // 401: it was for one person, and somebody used it
  | 'token-invalid' // 401
  | 'token-expired' // 401
  | 'revoked' // 401: an owner or the operator signed this device or person out for good
  | 'not-allowed' // 403: the role does not allow it
  | 'actor-taken' // 403: the book knows this actor, and no access token shows that it is the caller
  | 'origin-not-allowed' // 403
  | 'last-owner' // 409: the book would have nobody left who lets others in
  | 'no-such-member' // 404
  | 'not-found' // 404
  | 'no-such-book' // 404
  | 'method-not-allowed' // 405
  | 'too-large' // 413
  | 'too-many-requests' // 429
  | 'internal' // 500
  | 'unavailable' // 503

/** Body of every answer of the JSON API that is not 2xx. */
export interface ApiErrorBody {
  readonly error: { readonly code: ApiErrorCode; readonly message: string; readonly field?: string }
}
