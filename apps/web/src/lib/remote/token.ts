// What tokens and invites say about themselves, read for display and for renewal; the server alone decides whether they hold.
import * as z from 'zod/mini'

const InviteClaims = z.looseObject({
  role: z.enum(['owner', 'editor', 'viewer']),
  book: z.optional(z.string()),
  exp: z.optional(z.number()),
})
export type InviteClaims = z.infer<typeof InviteClaims>

const Lifetime = z.looseObject({ iat: z.number(), exp: z.number() })

/** Role and book of an invite; null where the text is no invite. */
export function readInvite(invite: string): InviteClaims | null {
  const parsed = InviteClaims.safeParse(readPayload(invite))
  return parsed.success ? parsed.data : null
}

/** Whether more than half of the token's lifetime is over. */
export function isDueForRenewal(token: string, nowMs: number): boolean {
  const parsed = Lifetime.safeParse(readPayload(token))
  return parsed.success && nowMs / 1000 > (parsed.data.iat + parsed.data.exp) / 2
}

/** The middle part of a JWT. */
function readPayload(jwt: string): unknown {
  const middle = jwt.split('.')[1]
  if (!middle) return null
  try {
    const binary = atob(middle.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
