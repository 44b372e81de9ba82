// Test support: a standby that follows a primary in streaming replication and can be made the primary.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findPostgres, freePort, type SamplePostgres, unprivilegedUser } from './sample-postgres.ts'

export interface Standby {
  readonly port: number
  /** From now on it takes writes. */
  promote(): void
  close(): Promise<void>
}

/** Copies the primary at `url` and follows it, as the only one that its `synchronous_standby_names` can mean. */
export async function startStandby(postgres: SamplePostgres, url: string): Promise<Standby> {
  const bin = findPostgres()
  const owner = unprivilegedUser()
  const folder = mkdtempSync('/tmp/tierbook-standby-')
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  const { hostname, port: from, username } = new URL(url)
  const options = { ...owner, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' }, cwd: folder } as const
  const copy = ['-D', data, '-h', hostname, '-p', from, '-U', username, '-R', '-X', 'stream', '-c', 'fast', '--no-sync']
  execFileSync(join(bin, 'pg_basebackup'), copy, { ...options, stdio: 'pipe' })
  appendFileSync(join(data, 'postgresql.conf'), `\nport = ${port}\nunix_socket_directories = '${folder}'\n`)
  const child = spawn(join(bin, 'postgres'), ['-D', data], { ...options, stdio: 'ignore' })
  const ended = once(child, 'exit')
  await until(async () => {
    const [row] = await postgres.run(
      url,
      "SELECT count(*)::int AS n FROM pg_stat_replication WHERE state = 'streaming'",
    )
    return row?.['n'] === 1
  })
  return {
    port,
    promote: () => execFileSync(join(bin, 'pg_ctl'), ['promote', '-D', data, '-w'], { ...options, stdio: 'pipe' }),
    async close() {
      child.kill('SIGQUIT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the standby did not begin to follow within 20 s')
}
