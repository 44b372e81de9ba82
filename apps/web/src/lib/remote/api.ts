// The sync server's HTTP interface, at the address this app came from; every answer passes a schema.
import * as z from 'zod/mini'
import { m } from '#lib/paraglide/messages.js'
import { refusalWords } from './server-words.ts'

const Role = z.enum(['owner', 'editor', 'viewer'])

const ServerFacts = z.looseObject({
  name: z.literal('tierbook'),
  version: z.string(),
  publicUrl: z.string(),
  publicUrlIsLoopback: z.boolean(),
  publicUrlIsSecure: z.boolean(),
})
export type ServerFacts = z.infer<typeof ServerFacts>

const Joined = z.looseObject({ token: z.string(), book: z.string(), role: Role })
export type Joined = z.infer<typeof Joined>

const InviteFacts = z.looseObject({ role: Role, book: z.nullable(z.string()), hasBooks: z.boolean() })
export type InviteFacts = z.infer<typeof InviteFacts>

const Invited = z.looseObject({
  invite: z.string(),
  url: z.string(),
  warnings: z.array(z.string()),
})
export type Invited = z.infer<typeof Invited>

const Renewed = z.looseObject({ token: z.string(), role: Role })
export type Renewed = z.infer<typeof Renewed>

const Device = z.looseObject({
  device: z.string(),
  name: z.nullable(z.string()),
  firstSeenAt: z.number(),
  lastSeenAt: z.number(),
  isConnected: z.boolean(),
  revokedAt: z.nullable(z.number()),
})
export type MemberDevice = z.infer<typeof Device>

const Member = z.looseObject({
  actor: z.string(),
  name: z.nullable(z.string()),
  role: z.nullable(Role),
  joinedAt: z.number(),
  revokedAt: z.nullable(z.number()),
  devices: z.array(Device),
})
/** Somebody whom the server lets in, or did. Times are epoch ms. */
export type Member = z.infer<typeof Member>

const Members = z.looseObject({ members: z.array(Member) })
const Done = z.looseObject({})
const Refusal = z.looseObject({ error: z.looseObject({ code: z.string(), message: z.string() }) })

/** Either what the server gave or words for the person. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string; readonly message: string }

/** What runs behind this address; null on a plain static host, where the app works without a server. */
export async function askServer(): Promise<ServerFacts | null> {
  const answer = await call('/api/server', { method: 'GET' }, ServerFacts)
  return answer.ok ? answer.value : null
}

/** What an invite leads to, without redeeming it. */
export function lookAtInvite(invite: string): Promise<Answer<InviteFacts>> {
  return call('/api/invite', { method: 'POST', body: JSON.stringify({ invite }) }, InviteFacts)
}

/**
 * Redeems an invite for this device's own actor. An actor that has joined the book before shows with its last token that it is the same one;
 * it may have expired.
 */
export function joinServer({
  token,
  ...request
}: {
  invite: string
  actor: { id: string; name: string }
  device: { id: string; name?: string }
  book?: string
  token?: string
}): Promise<Answer<Joined>> {
  const body = JSON.stringify(request)
  return call('/api/join', { method: 'POST', body, ...(token === undefined ? {} : { token }) }, Joined)
}

/** Makes an invite link for one more device or person. */
export function inviteTo(
  token: string,
  request: { role: 'owner' | 'editor' | 'viewer'; hours?: number },
): Promise<Answer<Invited>> {
  return call('/api/invites', { method: 'POST', body: JSON.stringify(request), token }, Invited)
}

/** A fresh token for a token that still holds, and the role that holds now. */
export function renewToken(token: string): Promise<Answer<Renewed>> {
  return call('/api/token', { method: 'POST', token }, Renewed)
}

/** People with their roles and devices: everybody for owners, oneself for others. */
export async function listMembers(token: string): Promise<Answer<readonly Member[]>> {
  const answer = await call('/api/members', { method: 'GET', token }, Members)
  return answer.ok ? { ok: true, value: answer.value.members } : answer
}

/** Gives somebody another role; whoever is connected comes back with it. */
export function changeRole(token: string, request: { actor: string; role: Member['role'] }): Promise<Answer<object>> {
  return call('/api/members/role', { method: 'POST', body: JSON.stringify(request), token }, Done)
}

/** Lets a person in no more, or one of their devices; their connections end at once. */
export function revokeAccess(token: string, request: { actor: string; device?: string }): Promise<Answer<object>> {
  return call('/api/members/revoke', { method: 'POST', body: JSON.stringify(request), token }, Done)
}

/** The address of the websocket beside this app. */
export function syncUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/sync`
}

async function call<S extends z.ZodMiniType>(
  path: string,
  request: { method: 'GET' | 'POST'; body?: string; token?: string },
  schema: S,
): Promise<Answer<z.infer<S>>> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  if (request.token !== undefined) headers['authorization'] = `Bearer ${request.token}`
  try {
    const response = await fetch(path, {
      method: request.method,
      headers,
      cache: 'no-store',
      ...(request.body === undefined ? {} : { body: request.body }),
    })
    const json: unknown = await response.json().catch(() => null)
    const value = schema.safeParse(json)
    if (response.ok && value.success) return { ok: true, value: value.data }
    const refusal = Refusal.safeParse(json)
    if (refusal.success) {
      const { error } = refusal.data
      return { ok: false, code: error.code, message: refusalWords(error) }
    }
    return {
      ok: false,
      code: 'unexpected-answer',
      message: m.join_unexpected({ url: `${location.host}${path}`, status: response.status }),
    }
  } catch {
    return {
      ok: false,
      code: 'unreachable',
      message: m.join_unreachable({ host: location.host }),
    }
  }
}
