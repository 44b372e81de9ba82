// What travels between an app and its server: y-websocket's messages 0–3 unchanged, ours from 100 on, close codes, and the JSON API's shapes.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** First byte of a message. 0–3 are y-websocket's; a stock provider never sends or gets the others. */
export const messageType = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  /**
   * Server → client, lib0 encoding: varUint n, then n × (varUint Yjs client id, varUint next clock): these clocks are on the server's disk.
   * May be followed by refusals: varUint m, then m × (varUint client id, varUint from clock, varUint to clock, varString code).
   */
  durable: 100,
} as const

/** Websocket subprotocol of our own client; it asks for {@link messageType.durable}. */
export const subprotocol = 'tierbook.v1'
/** Prefix of the subprotocol that carries the token, so that no URL holds a secret: `tierbook.token.<jwt>`. */
export const tokenSubprotocolPrefix = 'tierbook.token.'

/** 4400–4499 are final: stop and say why. 1012 and 1013 mean come back later. */
export const closeCode = {
  restart: 1012,
  tryAgainLater: 1013,
  malformed: 4400,
  signInAgain: 4401,
  notAllowed: 4403,
  noSuchBook: 4404,
  otherGeneration: 4409,
  tooLarge: 4413,
  refused: 4422,
} as const

/** Roles a token can carry. */
export const roles = ['owner', 'editor', 'viewer'] as const
/** What a token's bearer may do: owners and editors write, owners also invite; viewers read. */
export type Role = (typeof roles)[number]

/** New clocks that the server did not take, with the code of {@link RefusalCode} in `@tierbook/core/admission`. */
export interface RefusedRange {
  readonly client: number
  readonly from: number
  readonly to: number
  readonly code: string
}

/** What message 100 says. */
export interface DurableMessage {
  /** Yjs client id → next clock that is on the server's disk. */
  readonly clocks: ReadonlyMap<number, number>
  readonly refused: readonly RefusedRange[]
}

/** Writes message 100 whole, its type included. */
export function encodeDurable(clocks: ReadonlyMap<number, number>, refused: readonly RefusedRange[] = []): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageType.durable)
  encoding.writeVarUint(encoder, clocks.size)
  for (const [client, clock] of clocks) {
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
  }
  if (refused.length > 0) {
    encoding.writeVarUint(encoder, refused.length)
    for (const { client, from, to, code } of refused) {
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, from)
      encoding.writeVarUint(encoder, to)
      encoding.writeVarString(encoder, code)
    }
  }
  return encoding.toUint8Array(encoder)
}

/** Reads message 100 from a decoder that stands behind the message's type, as y-websocket's message handlers get it. */
export function decodeDurable(decoder: decoding.Decoder): DurableMessage {
  const clocks = new Map<number, number>()
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder)
    clocks.set(client, decoding.readVarUint(decoder))
  }
  const refused: RefusedRange[] = []
  for (let left = decoding.hasContent(decoder) ? decoding.readVarUint(decoder) : 0; left > 0; left--) {
    refused.push({
      client: decoding.readVarUint(decoder),
      from: decoding.readVarUint(decoder),
      to: decoding.readVarUint(decoder),
      code: decoding.readVarString(decoder),
    })
  }
  return { clocks, refused }
}

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

/** Codes of the JSON API's errors; closed. */
export type ApiErrorCode =
  | 'invalid-body' // 400
  | 'book-required' // 400: the link names no book, the body neither, and the server does not hold exactly one
  | 'invite-invalid' // 401
  | 'invite-expired' // 401
  | 'token-invalid' // 401
  | 'token-expired' // 401
  | 'not-allowed' // 403: the role does not allow it
  | 'actor-taken' // 403: the book knows this actor, and no access token shows that it is the caller
  | 'origin-not-allowed' // 403
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
