// What a token is worth now: people are revoked and change roles while their tokens still hold.
import type { AccessStore } from '../storage/access-store.ts'
import type { Access, Tokens } from './tokens.ts'

/** The access with the role that holds now, or why there is none. */
export type Admittance =
  | { readonly ok: true; readonly access: Access }
  | { readonly ok: false; readonly problem: 'invalid' | 'expired' | 'revoked' }

/** Reads a token and asks what holds for its bearer. */
export async function admit(tokens: Tokens, store: AccessStore, token: string): Promise<Admittance> {
  const verified = await tokens.readAccess(token)
  return verified.ok ? standingOf(store, verified.value) : verified
}

/** Asks again for an access that was good once. */
export async function standingOf(store: AccessStore, access: Access): Promise<Admittance> {
  const { isRevoked, role } = await store.standing(access)
  if (isRevoked) return { ok: false, problem: 'revoked' }
  return { ok: true, access: role === null ? access : { ...access, role } }
}
