// People, devices and redeemed invites in PostgreSQL: each call is one statement, whole or not at all.
import type { AccessStore } from '../access-store.ts'
import { readMembers, readRole } from '../member-rows.ts'
import type { Database } from './database.ts'

export function createPostgresAccess({ query }: Database): AccessStore {
  return {
    async admit({ book, actor, device, name, deviceName, role, now }) {
      await query(sql.admit, [book, actor, device, name, deviceName, role, now])
    },
    async standing({ book, actor, device }) {
      const [row] = await query(sql.standing, [book, actor, device])
      return { isRevoked: row?.['revoked'] === true, role: readRole(row?.['role']) }
    },
    async noteSeen(seen) {
      // In one order on every node, each device once: two statements that lock rows crosswise would end one of them.
      const latest = new Map<string, (typeof seen)[number]>()
      for (const each of [...seen].sort((a, b) => a.at - b.at))
        latest.set(JSON.stringify([each.book, each.actor, each.device]), each)
      const noted = [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
      if (noted.length === 0) return
      const column = (of: (each: (typeof seen)[number]) => string | number) => noted.map(of)
      await query(sql.noteSeen, [
        column(({ book }) => book),
        column(({ actor }) => actor),
        column(({ device }) => device),
        column(({ at }) => at),
      ])
    },
    async members(book) {
      const devices = await query(sql.devices, [book])
      return readMembers(await query(sql.members, [book]), devices)
    },
    async setRole({ book, actor, role }) {
      return (await query(sql.setRole, [book, actor, role])).length === 1
    },
    async revoke({ book, actor, device, now }) {
      const rows = await (device === undefined
        ? query(sql.revokeMember, [book, actor, now])
        : query(sql.revokeDevice, [book, actor, now, device]))
      return rows.length === 1
    },
    async redeem({ id, book, actor, now }) {
      await query(sql.redeem, [id, book, actor, now])
      // A statement of its own: only then does it see who was first on another node.
      return (await query(sql.redeemer, [id]))[0]?.['actor'] as string
    },
    async redeemer(id) {
      return (await query(sql.redeemer, [id]))[0]?.['actor'] as string | undefined
    },
    async foreignChanges() {
      return (await query('SELECT version FROM tierbook_access_version WHERE id = 1'))[0]?.['version'] as number
    },
  }
}

const changed = 'UPDATE tierbook_access_version SET version = version + 1 WHERE id = 1'
const rank = (column: string) => `array_position(ARRAY['viewer', 'editor', 'owner'], ${column})`

const sql = {
  // The greater role holds; nodes look again where somebody they may know has another role now.
  admit: `
    WITH changed AS (
      ${changed} AND EXISTS (SELECT 1 FROM tierbook_actors WHERE book = $1 AND actor = $2 AND role IS DISTINCT FROM $6)
    ), person AS (
      INSERT INTO tierbook_actors AS known (book, actor, joined_at, name, role) VALUES ($1, $2, $7, $4, $6)
      ON CONFLICT (book, actor) DO UPDATE SET name = excluded.name,
        role = CASE WHEN ${rank('known.role')} > ${rank('excluded.role')} THEN known.role ELSE excluded.role END
    )
    INSERT INTO tierbook_devices AS known (book, actor, device, name, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $5, $7, $7)
    ON CONFLICT (book, actor, device) DO UPDATE SET
      last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at), name = coalesce(excluded.name, known.name)
  `,
  standing: `
    SELECT a.role, a.revoked_at IS NOT NULL OR d.revoked_at IS NOT NULL AS revoked
    FROM tierbook_actors a LEFT JOIN tierbook_devices d ON d.book = a.book AND d.actor = a.actor AND d.device = $3
    WHERE a.book = $1 AND a.actor = $2
  `,
  noteSeen: `
    WITH seen AS (
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS seen (book, actor, device, at)
    ), people AS (
      INSERT INTO tierbook_actors (book, actor, joined_at)
      SELECT book, actor, min(at) FROM seen GROUP BY book, actor ORDER BY book, actor ON CONFLICT DO NOTHING
    )
    INSERT INTO tierbook_devices AS known (book, actor, device, first_seen_at, last_seen_at)
    SELECT book, actor, device, at, at FROM seen
    ON CONFLICT (book, actor, device) DO UPDATE SET last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)
  `,
  members: 'SELECT * FROM tierbook_actors WHERE book = $1 ORDER BY joined_at, actor',
  devices: 'SELECT * FROM tierbook_devices WHERE book = $1 ORDER BY first_seen_at, device',
  setRole: `WITH changed AS (${changed}) UPDATE tierbook_actors SET role = $3 WHERE book = $1 AND actor = $2 RETURNING actor`,
  revokeMember: `
    WITH changed AS (${changed})
    UPDATE tierbook_actors SET revoked_at = coalesce(revoked_at, $3) WHERE book = $1 AND actor = $2 RETURNING actor
  `,
  revokeDevice: `
    WITH changed AS (${changed})
    UPDATE tierbook_devices SET revoked_at = coalesce(revoked_at, $3) WHERE book = $1 AND actor = $2 AND device = $4
    RETURNING actor
  `,
  redeem:
    'INSERT INTO tierbook_redeemed_invites (id, book, actor, redeemed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
  redeemer: 'SELECT actor FROM tierbook_redeemed_invites WHERE id = $1',
} as const
