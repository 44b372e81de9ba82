// People, devices and redeemed invites in SQLite.
import type { DatabaseSync } from 'node:sqlite'
import { type AccessStore, type DeviceId, greaterRole } from './access-store.ts'
import { readMembers, readRole } from './member-rows.ts'

export function createSqliteAccess(database: DatabaseSync, inTransaction: <T>(work: () => T) => T): AccessStore {
  const sql = prepareStatements(database)
  const memberOf = (book: string, actor: string) => sql.member.get(book, actor)
  const see = ({ book, actor, device }: DeviceId, name: string | null, at: number) => {
    sql.meet.run({ book, actor, at })
    sql.see.run({ book, actor, device, name, at })
  }
  return {
    async admit({ book, actor, device, name, deviceName, role, now }) {
      inTransaction(() => {
        see({ book, actor, device }, deviceName, now)
        const held = readRole(memberOf(book, actor)?.['role'])
        sql.name.run({ book, actor, name, role: greaterRole(held, role) })
      })
    },
    async standing({ book, actor, device }) {
      const row = sql.standing.get({ book, actor, device })
      return { isRevoked: row?.['revoked'] === 1, role: readRole(row?.['role']) }
    },
    async noteSeen(seen) {
      inTransaction(() => {
        for (const each of seen) see(each, null, each.at)
      })
    },
    async members(book) {
      return readMembers(sql.members.all(book), sql.devices.all(book))
    },
    async setRole({ book, actor, role }) {
      return sql.setRole.run({ book, actor, role }).changes === 1
    },
    async revoke({ book, actor, device, now }) {
      const statement = device === undefined ? sql.revokeMember : sql.revokeDevice
      return statement.run(device === undefined ? { book, actor, now } : { book, actor, device, now }).changes === 1
    },
    async redeem({ id, book, actor, now }) {
      sql.redeem.run({ id, book, actor, now })
      return sql.redeemer.get(id)?.['actor'] as string
    },
    async redeemer(id) {
      return sql.redeemer.get(id)?.['actor'] as string | undefined
    },
    foreignChanges: async () => sql.dataVersion.get()?.['data_version'] as number,
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    member: database.prepare('SELECT role FROM actors WHERE book = ? AND actor = ?'),
    meet: database.prepare(
      'INSERT INTO actors (book, actor, joined_at) VALUES (:book, :actor, :at) ON CONFLICT DO NOTHING',
    ),
    see: database.prepare(`
      INSERT INTO devices (book, actor, device, name, first_seen_at, last_seen_at) VALUES (:book, :actor, :device, :name, :at, :at)
      ON CONFLICT DO UPDATE SET last_seen_at = max(last_seen_at, excluded.last_seen_at), name = coalesce(excluded.name, name)
    `),
    name: database.prepare('UPDATE actors SET name = :name, role = :role WHERE book = :book AND actor = :actor'),
    standing: database.prepare(`
      SELECT a.role, a.revoked_at IS NOT NULL OR d.revoked_at IS NOT NULL AS revoked
      FROM actors a LEFT JOIN devices d ON d.book = a.book AND d.actor = a.actor AND d.device = :device
      WHERE a.book = :book AND a.actor = :actor
    `),
    members: database.prepare('SELECT * FROM actors WHERE book = ? ORDER BY joined_at, actor'),
    devices: database.prepare('SELECT * FROM devices WHERE book = ? ORDER BY first_seen_at, device'),
    setRole: database.prepare('UPDATE actors SET role = :role WHERE book = :book AND actor = :actor'),
    revokeMember: database.prepare(
      'UPDATE actors SET revoked_at = coalesce(revoked_at, :now) WHERE book = :book AND actor = :actor',
    ),
    revokeDevice: database.prepare(
      'UPDATE devices SET revoked_at = coalesce(revoked_at, :now) WHERE book = :book AND actor = :actor AND device = :device',
    ),
    redeem: database.prepare(
      'INSERT INTO redeemed_invites (id, book, actor, redeemed_at) VALUES (:id, :book, :actor, :now) ON CONFLICT DO NOTHING',
    ),
    redeemer: database.prepare('SELECT actor FROM redeemed_invites WHERE id = ?'),
    dataVersion: database.prepare('PRAGMA data_version'),
  }
}
