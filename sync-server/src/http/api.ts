// The JSON API: what this server is, what an invite leads to, joining with it, inviting others, refreshing a token.
import {
  type AccessGrant,
  type ApiErrorBody,
  type InviteDescription,
  type InviteGrant,
  roles,
  type ServerDescription,
} from '@tierbook/core/protocol'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { type PublicAddress, inviteUrl, inviteWarnings } from '../identity/public-address.ts'
import { admit } from '../identity/standing.ts'
import { type Access, Id, type Invite, type Tokens } from '../identity/tokens.ts'
import type { Logger } from '../logger.ts'
import type { ServerStorage } from '../storage/storage.ts'
import type { Attendance } from '../sync/attendance.ts'
import { bookBehind, joinBook, refuseTakenActor, refuseUsedInvite } from './join.ts'
import { readJsonBody } from './json-body.ts'
import { changeRole, listMembers, revoke } from './members.ts'
import { problem, type Reply } from './reply.ts'

/** What the API works with. */
export interface ApiContext {
  readonly tokens: Tokens
  readonly storage: ServerStorage
  /** Whoever is connected right now. */
  readonly presence: Pick<Attendance, 'connectedDevices' | 'recheck'>
  readonly address: () => PublicAddress
  readonly version: string
  readonly inviteHours: number
  readonly logger: Logger
  readonly now: () => number
}

type Handler = (context: ApiContext, request: IncomingMessage) => Promise<Reply>

const routes: Readonly<Record<string, { method: 'GET' | 'POST'; handle: Handler }>> = {
  '/api/server': { method: 'GET', handle: describeServer },
  '/api/invite': { method: 'POST', handle: describeInvite },
  '/api/join': { method: 'POST', handle: join },
  '/api/invites': { method: 'POST', handle: invite },
  '/api/token': { method: 'POST', handle: refresh },
  '/api/members': { method: 'GET', handle: withAccess(listMembers) },
  '/api/members/role': { method: 'POST', handle: withAccess(changeRole) },
  '/api/members/revoke': { method: 'POST', handle: withAccess(revoke) },
}

/** Answers a request below `/api/`. */
export async function answerApi(context: ApiContext, request: IncomingMessage, path: string): Promise<Reply> {
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  if (!route) return problem('not-found', `there is no ${path}`)
  if (request.method !== route.method) {
    const reply = problem('method-not-allowed', `${path}: expected ${route.method}, got ${request.method}`)
    return { ...reply, headers: { allow: route.method } }
  }
  return route.handle(context, request)
}

async function describeServer({ address, version }: ApiContext): Promise<Reply> {
  const { url, isLoopback, isSecure } = address()
  const body: ServerDescription = {
    name: 'tierbook',
    version,
    publicUrl: url,
    publicUrlIsLoopback: isLoopback,
    publicUrlIsSecure: isSecure,
  }
  return { status: 200, body }
}

const LookBody = z.object({ invite: z.string().min(1).max(4096) })

/** Says no more than joining with the invite would, and nothing to whoever has none. */
async function describeInvite(context: ApiContext, request: IncomingMessage): Promise<Reply> {
  const body = await readJsonBody(request, LookBody)
  if (!body.ok) return body.reply
  const verified = await verifyInvite(context, body.value.invite)
  if (!verified.ok) return verified.reply
  const { invite } = verified
  const description: InviteDescription = { role: invite.role, ...(await bookBehind(context.storage, invite)) }
  return { status: 200, body: description }
}

async function verifyInvite(
  { tokens }: ApiContext,
  text: string,
): Promise<{ readonly ok: true; readonly invite: Invite } | { readonly ok: false; readonly reply: Reply }> {
  const verified = await tokens.readInvite(text)
  if (verified.ok) return { ok: true, invite: verified.value }
  const reply =
    verified.problem === 'expired'
      ? problem('invite-expired', 'the invite has expired; ask for a new one', 'invite')
      : problem('invite-invalid', 'the invite was not made by this server, or is incomplete', 'invite')
  return { ok: false, reply }
}

const PersonName = z.string().trim().min(1, 'expected a name').max(200, 'expected at most 200 characters')
const JoinBody = z.object({
  invite: z.string().min(1).max(4096),
  actor: z.object({ id: Id, name: PersonName }),
  device: z.object({ id: Id, name: z.string().max(200).optional() }),
  book: Id.optional(),
})

async function join(context: ApiContext, request: IncomingMessage): Promise<Reply> {
  const body = await readJsonBody(request, JoinBody)
  if (!body.ok) return body.reply
  const { actor, device, book } = body.value
  const verified = await verifyInvite(context, body.value.invite)
  if (!verified.ok) return verified.reply
  const { invite } = verified
  const joined = await joinBook(context, { invite, actor: actor.id, wanted: book })
  if (!joined.ok) return joined.reply
  const { role } = invite
  const refusal =
    (await refuseUsedInvite(context, { invite, actor: actor.id })) ??
    (await refuseTakenActor(context, { book: joined.book, actor: actor.id, token: bearerToken(request) })) ??
    (await refuseUsedInvite(context, { invite, actor: actor.id, useFor: joined.book }))
  if (refusal) {
    context.logger.warn(
      { book: joined.book, actor: actor.id, device: device.id, reason: (refusal.body as ApiErrorBody).error.code },
      'a device was not let in',
    )
    return refusal
  }
  const member = { book: joined.book, actor: actor.id, device: device.id }
  await context.storage.access.admit({
    ...member,
    name: actor.name,
    deviceName: device.name ?? null,
    role,
    now: context.now(),
  })
  context.logger.info({ ...member, role }, 'a device joined')
  const standing = await context.storage.access.standing(member)
  return grant(context, { ...member, role: standing.role ?? role })
}

const InviteBody = z.object({
  role: z.enum(roles),
  hours: z.number().int().min(1).max(720).optional(),
  reusable: z.boolean().optional(),
})

async function invite(context: ApiContext, request: IncomingMessage): Promise<Reply> {
  const access = await authorise(context, request)
  if (!access.ok) return access.reply
  if (access.access.role !== 'owner') return problem('not-allowed', 'only owners invite')
  const body = await readJsonBody(request, InviteBody)
  if (!body.ok) return body.reply
  const { role, hours = context.inviteHours, reusable = false } = body.value
  const signed = await context.tokens.signInvite({ role, book: access.access.book, hours, reusable })
  const address = context.address()
  context.logger.info(
    { book: access.access.book, actor: access.access.actor, role, hours, reusable },
    'an invite was made',
  )
  const reply: InviteGrant = { ...signed, url: inviteUrl(address, signed.invite), warnings: inviteWarnings(address) }
  return { status: 200, body: reply }
}

async function refresh(context: ApiContext, request: IncomingMessage): Promise<Reply> {
  const access = await authorise(context, request)
  return access.ok ? grant(context, access.access) : access.reply
}

function withAccess(
  handle: (context: ApiContext, access: Access, request: IncomingMessage) => Promise<Reply>,
): Handler {
  return async (context, request) => {
    const access = await authorise(context, request)
    return access.ok ? handle(context, access.access, request) : access.reply
  }
}

async function grant({ tokens }: ApiContext, access: Omit<Access, 'expiresAt'>): Promise<Reply> {
  const body: AccessGrant = { ...(await tokens.signAccess(access)), book: access.book, role: access.role }
  return { status: 200, body }
}

async function authorise(
  context: ApiContext,
  request: IncomingMessage,
): Promise<{ ok: true; access: Access } | { ok: false; reply: Reply }> {
  const token = bearerToken(request)
  if (token === undefined)
    return { ok: false, reply: problem('token-invalid', 'expected an Authorization header with a bearer token') }
  const admitted = await admit(context.tokens, context.storage.access, token)
  if (!admitted.ok) {
    const code = ({ expired: 'token-expired', invalid: 'token-invalid', revoked: 'revoked' } as const)[admitted.problem]
    return { ok: false, reply: problem(code, `the access token is ${admitted.problem}`) }
  }
  if (!(await context.storage.book(admitted.access.book)))
    return { ok: false, reply: problem('no-such-book', 'this server does not hold the book') }
  return admitted
}

function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
}
