// The API of people and devices: who is in the book, changing a role, letting somebody in no more.
import { type MemberList, roles } from '@tierbook/core/protocol'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { type Access, Id } from '../identity/tokens.ts'
import type { StoredMember } from '../storage/access-store.ts'
import type { ApiContext } from './api.ts'
import { readJsonBody } from './json-body.ts'
import { problem, type Reply } from './reply.ts'

/** Owners see everybody, others themselves. */
export async function listMembers({ storage, presence }: ApiContext, access: Access): Promise<Reply> {
  const { book, actor, role } = access
  const members = await storage.access.members(book)
  const connected = presence.connectedDevices(book)
  const body: MemberList = {
    members: members
      .filter((member) => role === 'owner' || member.actor === actor)
      .map((member) => ({
        ...member,
        devices: member.devices.map((device) => ({
          ...device,
          isConnected: connected.has(`${member.actor} ${device.device}`),
        })),
      })),
  }
  return { status: 200, body }
}

const RoleBody = z.object({ actor: Id, role: z.enum(roles) })

export async function changeRole(context: ApiContext, access: Access, request: IncomingMessage): Promise<Reply> {
  if (access.role !== 'owner') return problem('not-allowed', 'only owners change roles')
  const body = await readJsonBody(request, RoleBody)
  if (!body.ok) return body.reply
  const { actor, role } = body.value
  const { storage, logger, presence } = context
  const members = await storage.access.members(access.book)
  if (role !== 'owner' && isLastOwner(members, access, actor)) return lastOwner
  if (!(await storage.access.setRole({ book: access.book, actor, role }))) return noSuchMember
  logger.info({ book: access.book, actor, role, by: access.actor }, 'a role was changed')
  await presence.recheck(access.book)
  return { status: 200, body: {} }
}

const RevokeBody = z.object({ actor: Id, device: Id.optional() })

export async function revoke(context: ApiContext, access: Access, request: IncomingMessage): Promise<Reply> {
  const body = await readJsonBody(request, RevokeBody)
  if (!body.ok) return body.reply
  const { actor, device } = body.value
  const isOwnDevice = actor === access.actor && device !== undefined
  if (access.role !== 'owner' && !isOwnDevice)
    return problem('not-allowed', 'only owners revoke others; you may revoke single devices of your own')
  const { storage, logger, presence, now } = context
  const members = await storage.access.members(access.book)
  if (device === undefined && isLastOwner(members, access, actor)) return lastOwner
  if (!(await storage.access.revoke({ book: access.book, actor, device, now: now() }))) return noSuchMember
  logger.info({ book: access.book, actor, device, by: access.actor }, 'access was revoked')
  await presence.recheck(access.book)
  return { status: 200, body: {} }
}

const lastOwner = problem('last-owner', 'actor: this is the last owner; make somebody else an owner first', 'actor')
const noSuchMember = problem('no-such-member', 'actor: the book knows no such person or device', 'actor')

/** The caller is an owner too, even where only a token says so. */
function isLastOwner(members: readonly StoredMember[], access: Access, actor: string): boolean {
  const owners = new Set(
    members.filter(({ role, revokedAt }) => role === 'owner' && revokedAt === null).map((member) => member.actor),
  )
  if (access.role === 'owner') owners.add(access.actor)
  return owners.size === 1 && owners.has(actor)
}
