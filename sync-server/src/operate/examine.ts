// `doctor`: looks at everything that a server needs, changes nothing but a scratch file, and says what to do about what is wrong.
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describeAddress } from '../identity/public-address.ts'
import { openSigningKey } from '../identity/signing-key.ts'
import type { Settings } from '../settings.ts'
import { type Examination, failed, judgeClock, judgeCommit, ok, warning } from './examination.ts'
import { examineDatabase } from './examine-database.ts'
import { fileNames, prepareFolder, readRunning } from '../storage/data-folder.ts'
import { schemaVersion } from '../storage/migrations.ts'

const littleSpace = 2 ** 30
const noSpace = 100 * 2 ** 20

/** Looks at each in turn; what depends on something missing is left out. */
export async function examine(settings: Settings, now: () => number): Promise<Examination[]> {
  const { dataFolder, databaseUrl: url, hintsUrl } = settings
  if (url !== undefined) return [...(await examineDatabase({ url, hintsUrl, now })), examineAddress(settings)]
  const folder = examineFolder(dataFolder)
  if (folder.status === 'failed') return [folder]
  return [
    folder,
    examineSpace(dataFolder),
    examineSync(dataFolder),
    examineKey(join(dataFolder, fileNames.key)),
    ...examineFile(join(dataFolder, fileNames.database), now),
    examineAddress(settings),
    await examineServer(dataFolder),
  ]
}

function examineFolder(folder: string): Examination {
  if (!existsSync(folder))
    return failed('data folder', `${folder} is not there: no server has run on it; set TIERBOOK_DATA to theirs`)
  const problem = prepareFolder(folder)
  if (problem) return failed('data folder', problem.message)
  const others = statSync(folder).mode & 0o077
  return others === 0
    ? ok('data folder', `${folder} can be written to`)
    : warning('data folder', `${folder} is open to other users of this machine (chmod 700)`)
}

function examineSpace(folder: string): Examination {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const words = `${Math.floor(free / 2 ** 20)} MiB free`
  if (free < noSpace) return failed('free space', `${words}: nothing will be stored soon`)
  return free < littleSpace ? warning('free space', `${words}: make room`) : ok('free space', words)
}

/** Median of 20 small writes, each synced: what an acknowledgement costs on this disk. */
function examineSync(folder: string): Examination {
  const file = join(folder, `.probe-${process.pid}`)
  const descriptor = openSync(file, 'w')
  const times: number[] = []
  try {
    for (let i = 0; i < 20; i++) {
      const start = performance.now()
      writeSync(descriptor, Buffer.alloc(4096), 0, 4096, 0)
      fsyncSync(descriptor)
      times.push(performance.now() - start)
    }
  } finally {
    closeSync(descriptor)
    rmSync(file)
  }
  return judgeCommit('disk sync', 'a synced write', times)
}

function examineKey(file: string): Examination {
  if (!existsSync(file))
    return failed('signing key', `${file} is missing: a new one will be made at start, and everybody is signed out`)
  try {
    openSigningKey(file)
  } catch (cause) {
    return failed('signing key', cause instanceof Error ? cause.message : String(cause))
  }
  return (statSync(file).mode & 0o077) === 0
    ? ok('signing key', 'readable for its owner only')
    : warning('signing key', `${file} can be read by others: whoever has it signs in as anybody (chmod 600)`)
}

function examineFile(file: string, now: () => number): Examination[] {
  if (!existsSync(file)) return [warning('database', 'none yet: no server has started on this folder')]
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const value = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0]
    const damage = value('PRAGMA quick_check')
    if (damage !== 'ok')
      return [failed('database', `damaged: ${String(damage)}; run \`tierbook verify\`, restore a backup`)]
    const schema = Number(value('PRAGMA user_version'))
    const sound = ok('database', `sound, ${Math.ceil(statSync(file).size / 2 ** 20)} MiB`)
    if (schema > schemaVersion)
      return [sound, failed('schema', `${schema}, this program knows ${schemaVersion}: a newer Tierbook wrote it`)]
    if (schema < schemaVersion)
      return [sound, warning('schema', `${schema}; the next start upgrades it to ${schemaVersion}: back it up first`)]
    const last = value('SELECT max(received_at) FROM updates') as number | null
    return [sound, ok('schema', String(schema)), judgeClock(last, now())]
  } catch (cause) {
    return [failed('database', `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)]
  } finally {
    database.close()
  }
}

function examineAddress({ publicUrl, port }: Settings): Examination {
  const { url, isLoopback, isSecure } = describeAddress(publicUrl ?? `http://localhost:${port}`)
  if (isLoopback) return warning('address', `${url}: links work on this machine only; set TIERBOOK_PUBLIC_URL`)
  return isSecure
    ? ok('address', url)
    : warning('address', `${url} is not HTTPS: devices cannot work offline, and the network reads along`)
}

async function examineServer(dataFolder: string): Promise<Examination> {
  const running = readRunning(dataFolder)
  if (!running) return warning('server', 'not running')
  try {
    const answer = await fetch(`http://127.0.0.1:${running.port}/readyz`, { signal: AbortSignal.timeout(3_000) })
    const { reason } = (await answer.json()) as { reason?: string }
    return answer.ok
      ? ok('server', `ready at ${running.url}`)
      : failed('server', `not ready: ${reason ?? answer.status}`)
  } catch {
    return failed('server', `process ${running.pid} said it runs at ${running.url}, but does not answer there`)
  }
}
