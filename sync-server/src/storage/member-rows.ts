// People and their devices as rows of either store say them: both have tables of the same columns.
import { type Role, roles } from '@tierbook/core/protocol'
import type { StoredDevice, StoredMember } from './access-store.ts'

type Row = Readonly<Record<string, unknown>>

/** The people of a book, each with their devices, in the order of the rows. */
export function readMembers(members: readonly Row[], devices: readonly Row[]): StoredMember[] {
  return members.map((row) => {
    const actor = row['actor'] as string
    return {
      actor,
      name: row['name'] as string | null,
      role: readRole(row['role']),
      joinedAt: row['joined_at'] as number,
      revokedAt: row['revoked_at'] as number | null,
      devices: devices.filter((device) => device['actor'] === actor).map(readDevice),
    }
  })
}

/** Null where nothing is stored, or what this program does not know: then the token's holds. */
export function readRole(value: unknown): Role | null {
  return roles.find((role) => role === value) ?? null
}

function readDevice(row: Row): StoredDevice {
  return {
    device: row['device'] as string,
    name: row['name'] as string | null,
    firstSeenAt: row['first_seen_at'] as number,
    lastSeenAt: row['last_seen_at'] as number,
    revokedAt: row['revoked_at'] as number | null,
  }
}
