// The JSON API: what this server is, joining with an invite, inviting others, refreshing a token.
import { type AccessGrant, type InviteGrant, roles, type ServerDescription } from '@tierbook/core/protocol'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { type PublicAddress, inviteUrl, inviteWarnings } from '../identity/public-address.ts'
import { type Access, Id, type Tokens } from '../identity/tokens.ts'
import type { Logger } from '../logger.ts'
import type { ServerStorage } from '../storage/storage.ts'
import { joinBook, refuseTakenActor } from './join.ts'
import { readJsonBody } from './json-body.ts'
import { problem, type Reply } from './reply.ts'

/** What the API works with. */
export interface ApiContext {
  readonly tokens: Tokens
  readonly storage: ServerStorage
  readonly address: () => PublicAddress
  readonly version: string
  readonly inviteHours: number
  readonly logger: Logger
  readonly now: () => number
}

type Handler = (context: ApiContext, request: IncomingMessage) => Promise<Reply>

const routes: Readonly<Record<string, { method: 'GET' | 'POST'; handle: Handler }>> = {
  '/api/server': { method: 'GET', handle: describeServer },
  '/api/join': { method: 'POST', handle: join },
  '/api/invites': { method: 'POST', handle: invite },
  '/api/token': { method: 'POST', handle: refresh },
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
  const { invite, actor, device, book } = body.value
  const verified = await context.tokens.readInvite(invite)
  if (!verified.ok) {
    return verified.problem === 'expired'
      ? problem('invite-expired', 'the invite has expired; ask for a new one', 'invite')
      : problem('invite-invalid', 'the invite was not made by this server, or is incomplete', 'invite')
  }
  const joined = await joinBook(context, { invite: verified.value, actor: actor.id, wanted: book })
  if (!joined.ok) return joined.reply
  const refusal = await refuseTakenActor(context, { book: joined.book, actor: actor.id, token: bearerToken(request) })
  if (refusal) {
    context.logger.warn(
      { book: joined.book, actor: actor.id, device: device.id },
      'a device was refused: its actor id is taken',
    )
    return refusal
  }
  context.logger.info(
    { book: joined.book, actor: actor.id, device: device.id, role: verified.value.role },
    'a device joined',
  )
  return grant(context, { actor: actor.id, book: joined.book, role: verified.value.role, device: device.id })
}

const InviteBody = z.object({ role: z.enum(roles), hours: z.number().int().min(1).max(720).optional() })

async function invite(context: ApiContext, request: IncomingMessage): Promise<Reply> {
  const access = await authorise(context, request)
  if (!access.ok) return access.reply
  if (access.access.role !== 'owner') return problem('not-allowed', 'only owners invite')
  const body = await readJsonBody(request, InviteBody)
  if (!body.ok) return body.reply
  const { role, hours = context.inviteHours } = body.value
  const signed = await context.tokens.signInvite({ role, book: access.access.book, hours })
  const address = context.address()
  context.logger.info({ book: access.access.book, actor: access.access.actor, role, hours }, 'an invite was made')
  const reply: InviteGrant = { ...signed, url: inviteUrl(address, signed.invite), warnings: inviteWarnings(address) }
  return { status: 200, body: reply }
}

async function refresh(context: ApiContext, request: IncomingMessage): Promise<Reply> {
  const access = await authorise(context, request)
  return access.ok ? grant(context, access.access) : access.reply
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
  const verified = await context.tokens.readAccess(token)
  if (!verified.ok) {
    const code = verified.problem === 'expired' ? 'token-expired' : 'token-invalid'
    return { ok: false, reply: problem(code, `the access token is ${verified.problem}`) }
  }
  if (!(await context.storage.book(verified.value.book)))
    return { ok: false, reply: problem('no-such-book', 'this server does not hold the book') }
  return { ok: true, access: verified.value }
}

function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
}
