// Who may use a book: people with their roles, their devices, and the invites that were redeemed. Tokens say who somebody is; this says what holds now.
import type { Role } from '@tierbook/core/protocol'

/** One person in a book. Times are epoch ms. */
export interface StoredMember {
  readonly actor: string
  /** As given when joining; null for those who came with a token that the operator made. */
  readonly name: string | null
  /** Null: whatever their token says. */
  readonly role: Role | null
  readonly joinedAt: number
  /** Let in no more, on no device. */
  readonly revokedAt: number | null
  readonly devices: readonly StoredDevice[]
}

/** One device of a person. */
export interface StoredDevice {
  readonly device: string
  readonly name: string | null
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly revokedAt: number | null
}

/** A device of a person in a book. */
export interface DeviceId {
  readonly book: string
  readonly actor: string
  readonly device: string
}

/** What holds for a device at this moment. */
export interface StandingAccess {
  readonly isRevoked: boolean
  /** Null: whatever the token says. */
  readonly role: Role | null
}

export interface AccessStore {
  /** Remembers a device that joined with an invite, and the person's name; of two roles the greater holds. */
  admit(joined: DeviceId & { name: string; deviceName: string | null; role: Role; now: number }): Promise<void>
  standing(device: DeviceId): Promise<StandingAccess>
  /** Devices that were connected at `at`, new ones included. */
  noteSeen(seen: readonly (DeviceId & { at: number })[]): Promise<void>
  members(book: string): Promise<readonly StoredMember[]>
  /** False where the book does not know the person. */
  setRole(request: { book: string; actor: string; role: Role }): Promise<boolean>
  /** One device, or the person with all of them. False where the book does not know it. */
  revoke(request: { book: string; actor: string; device?: string | undefined; now: number }): Promise<boolean>
  /** Uses up an invite; gives who redeemed it first: this actor, if it is the first. */
  redeem(invite: { id: string; book: string; actor: string; now: number }): Promise<string>
  /** Who redeemed an invite; undefined where nobody has. */
  redeemer(id: string): Promise<string | undefined>
  /** A number that differs from the last one where another process may have changed who gets in. */
  foreignChanges(): Promise<number>
}

const rank: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, owner: 2 }

/** The one that allows more: whoever opens a link that they made for others keeps what they have. */
export function greaterRole(a: Role | null, b: Role): Role {
  return a !== null && rank[a] > rank[b] ? a : b
}
