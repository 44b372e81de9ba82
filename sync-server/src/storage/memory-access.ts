// People, devices and redeemed invites that are forgotten with the process.
import type { Role } from '@tierbook/core/protocol'
import { type AccessStore, type DeviceId, greaterRole, type StoredDevice } from './access-store.ts'

interface MemoryMember {
  name: string | null
  role: Role | null
  readonly joinedAt: number
  revokedAt: number | null
  readonly devices: Map<string, { -readonly [K in keyof StoredDevice]: StoredDevice[K] }>
}

/** `membersOf` gives the people of a book by actor; undefined for unknown books. */
export function createMemoryAccess(membersOf: (book: string) => Map<string, MemoryMember> | undefined): AccessStore {
  const redeemed = new Map<string, string>()
  const see = ({ book, actor, device }: DeviceId, name: string | null, at: number) => {
    const members = membersOf(book)
    const member = members?.get(actor) ?? newMember(at)
    members?.set(actor, member)
    const known = member.devices.get(device) ?? { device, name, firstSeenAt: at, lastSeenAt: at, revokedAt: null }
    known.lastSeenAt = Math.max(known.lastSeenAt, at)
    known.name = name ?? known.name
    member.devices.set(device, known)
    return member
  }
  return {
    async admit({ name, deviceName, role, now, ...device }) {
      const member = see(device, deviceName, now)
      member.name = name
      member.role = greaterRole(member.role, role)
    },
    async standing({ book, actor, device }) {
      const member = membersOf(book)?.get(actor)
      const revokedAt = member?.revokedAt ?? member?.devices.get(device)?.revokedAt ?? null
      return { isRevoked: revokedAt !== null, role: member?.role ?? null }
    },
    async noteSeen(seen) {
      for (const each of seen) see(each, null, each.at)
    },
    async members(book) {
      return [...(membersOf(book) ?? [])].map(([actor, { devices, ...member }]) => ({
        actor,
        ...member,
        devices: [...devices.values()].map((device) => ({ ...device })),
      }))
    },
    async setRole({ book, actor, role }) {
      const member = membersOf(book)?.get(actor)
      if (member) member.role = role
      return member !== undefined
    },
    async revoke({ book, actor, device, now }) {
      const member = membersOf(book)?.get(actor)
      const target = device === undefined ? member : member?.devices.get(device)
      if (target) target.revokedAt ??= now
      return target !== undefined
    },
    async redeem({ id, actor }) {
      const first = redeemed.get(id) ?? actor
      redeemed.set(id, first)
      return first
    },
    async redeemer(id) {
      return redeemed.get(id)
    },
    foreignChanges: async () => 0,
  }
}

/** Somebody seen for the first time. */
export function newMember(joinedAt: number): MemoryMember {
  return { name: null, role: null, joinedAt, revokedAt: null, devices: new Map() }
}
