// Everybody in a book as one list: who wrote in it, by its log, and whom the server lets in.
import type { Author } from '@tierbook/core'
import type { Member, MemberDevice } from '#lib/remote/api.ts'
import type { Role } from '#lib/remote/role-words.ts'

/** One person. Times are epoch ms. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly isMe: boolean
  /** What the server knows; null without a server, while it cannot be reached, and for people whom only the log names. */
  readonly access: {
    /** Null: what their link says. */
    readonly role: Role | null
    readonly joinedAt: number
    readonly removedAt: number | null
    readonly isHere: boolean
    /** The latest first; the ones that were signed out last. */
    readonly devices: readonly MemberDevice[]
  } | null
}

/** The list for people: oneself first, then whoever is here or was last, then those that the log alone names; who was removed stands last. */
export function peopleOf(from: {
  authors: readonly Author[]
  members: readonly Member[]
  me: { readonly id: string; readonly name: string }
}): readonly Person[] {
  const members = new Map(from.members.map((member) => [member.actor, member]))
  const names = new Map(from.authors.map(({ id, name }) => [id, name]))
  const ids = new Set([...names.keys(), ...members.keys()])
  return [...ids]
    .map((id): Person => {
      const member = members.get(id)
      const isMe = id === from.me.id
      // The log has the name under which they wrote last; who has not written yet gave one when joining.
      const name = names.get(id) ?? member?.name ?? (isMe ? from.me.name : id)
      return { id, name, isMe, access: member ? accessOf(member) : null }
    })
    .sort((a, b) => rank(a) - rank(b) || lastHere(b) - lastHere(a) || a.name.localeCompare(b.name))
}

function accessOf(member: Member): Person['access'] {
  const devices = [...member.devices].sort(
    (a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null) || b.lastSeenAt - a.lastSeenAt,
  )
  return {
    role: member.role,
    joinedAt: member.joinedAt,
    removedAt: member.revokedAt,
    isHere: devices.some(({ isConnected }) => isConnected),
    devices,
  }
}

function rank({ isMe, access }: Person): number {
  if (isMe) return 0
  if (!access) return 2
  return access.removedAt === null ? 1 : 3
}

function lastHere({ access }: Person): number {
  if (!access) return 0
  return access.isHere ? Infinity : Math.max(0, ...access.devices.map(({ lastSeenAt }) => lastSeenAt))
}
