// Invites and access tokens: JWTs signed by this server (EdDSA). An invite gives a role; redeeming it binds the role to an actor and a device.
import { type Role, roles } from '@tierbook/core/protocol'
import { errors, jwtVerify, SignJWT } from 'jose'
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { SigningKey } from './signing-key.ts'

/** 22 characters of base64url, as everywhere in a book. */
export const Id = z.string().regex(/^[\w-]{22}$/, 'expected an id of 22 characters of base64url')

const AccessClaims = z.object({
  typ: z.literal('access'),
  sub: Id,
  book: Id,
  role: z.enum(roles),
  device: Id,
  exp: z.number(),
})
const InviteClaims = z.object({
  typ: z.literal('invite'),
  role: z.enum(roles),
  book: Id.optional(),
  exp: z.number(),
  jti: z.string(),
  /** Absent in invites from before there were such for one person. */
  once: z.boolean().optional(),
})

/** What an access token says. */
export interface Access {
  readonly actor: string
  readonly book: string
  readonly role: Role
  readonly device: string
  /** Epoch ms. */
  readonly expiresAt: number
}

/** What an invite says; without a book it is the operator's owner link of a server that held none. */
export interface Invite {
  readonly role: Role
  readonly book?: string | undefined
  readonly expiresAt: number
  readonly id: string
  /** For one person; else for any number until it expires. */
  readonly isForOne: boolean
}

/** Reading a token ends in its content or in one of two expected failures. */
export type Verified<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: 'invalid' | 'expired' }

/** Signs and reads tokens with one key. */
export interface Tokens {
  signAccess(access: Omit<Access, 'expiresAt'>): Promise<{ token: string; expiresAt: number }>
  signInvite(invite: {
    role: Role
    book?: string | undefined
    hours: number
    /** @default false */
    reusable?: boolean
  }): Promise<{ invite: string; expiresAt: number }>
  /** `mayBeExpired` takes a token of this server whose time is over: it lets nobody in, but shows who its bearer was. @default false */
  readAccess(token: string, options?: { mayBeExpired: boolean }): Promise<Verified<Access>>
  readInvite(invite: string): Promise<Verified<Invite>>
}

const issuer = 'tierbook'

export function createTokens(options: { key: SigningKey; tokenDays: number; now?: () => number }): Tokens {
  const { key, tokenDays } = options
  const now = options.now ?? Date.now

  const sign = async (claims: Record<string, unknown>, lifeMs: number, subject?: string) => {
    const issuedAt = Math.floor(now() / 1000)
    const expires = Math.floor((now() + lifeMs) / 1000)
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expires)
    if (subject !== undefined) jwt.setSubject(subject)
    return { token: await jwt.sign(key.privateKey), expiresAt: expires * 1000 }
  }
  const read = async <S extends z.ZodType>(
    token: string,
    claims: S,
    at = new Date(now()),
  ): Promise<Verified<z.infer<S>>> => {
    try {
      const { payload } = await jwtVerify(token, key.publicKey, {
        algorithms: ['EdDSA'],
        issuer,
        currentDate: at,
      })
      const parsed = claims.safeParse(payload)
      return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: 'invalid' }
    } catch (error) {
      return { ok: false, problem: error instanceof errors.JWTExpired ? 'expired' : 'invalid' }
    }
  }
  return {
    signAccess: ({ actor, book, role, device }) =>
      sign({ typ: 'access', book, role, device }, tokenDays * 86_400_000, actor),
    async signInvite({ role, book, hours, reusable = false }) {
      const { token, expiresAt } = await sign(
        { typ: 'invite', role, ...(book === undefined ? {} : { book }), jti: randomUUID(), once: !reusable },
        hours * 3_600_000,
      )
      return { invite: token, expiresAt }
    },
    async readAccess(token, { mayBeExpired } = { mayBeExpired: false }) {
      const verified = await read(token, AccessClaims, mayBeExpired ? new Date(0) : undefined)
      if (!verified.ok) return verified
      const { sub, book, role, device, exp } = verified.value
      return { ok: true, value: { actor: sub, book, role, device, expiresAt: exp * 1000 } }
    },
    async readInvite(invite) {
      const verified = await read(invite, InviteClaims)
      if (!verified.ok) return verified
      const { role, book, exp, jti, once } = verified.value
      return { ok: true, value: { role, book, expiresAt: exp * 1000, id: jti, isForOne: once ?? false } }
    },
  }
}
