// Test support: a real PgBouncer in transaction mode before a database, where one is installed.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { freePort, unprivilegedUser } from './sample-postgres.ts'

/** Whether there is a PgBouncer on this machine (Debian: apt-get install pgbouncer). */
export function hasPooler(): boolean {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** Starts one that has `connections` connections to the database of `url` for everybody; gives the URL of the same database through it. */
export async function startPooler(url: string, { connections, port: wanted }: { connections: number; port?: number }) {
  const { hostname, port, pathname, username } = new URL(url)
  const database = pathname.slice(1)
  const owner = unprivilegedUser()
  const folder = mkdtempSync('/tmp/tierbook-pooler-')
  const own = wanted ?? (await freePort())
  writeFileSync(join(folder, 'users'), `"${username}" ""\n`)
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `${database} = host=${hostname} port=${port} dbname=${database}`,
      '[pgbouncer]',
      ...['listen_addr = 127.0.0.1', `listen_port = ${own}`, 'unix_socket_dir ='],
      ...['auth_type = trust', `auth_file = ${join(folder, 'users')}`],
      ...['pool_mode = transaction', `default_pool_size = ${connections}`, `stats_users = ${username}`],
    ].join('\n'),
  )
  if (owner) for (const name of ['', 'users', 'pgbouncer.ini']) chownSync(join(folder, name), owner.uid, owner.gid)
  const child = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], { ...owner, cwd: folder, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const pooled = `postgres://${username}@127.0.0.1:${own}/${database}`
  await untilItAnswers(pooled)
  return {
    url: pooled,
    /** Ends it, with all connections through it. */
    async close() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilItAnswers(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('SELECT 1')
      return
    } catch (error) {
      if (attempt === 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    } finally {
      await client.end().catch(() => {})
    }
  }
}
