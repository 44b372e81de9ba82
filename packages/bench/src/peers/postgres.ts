// A real PostgreSQL in a process of its own, which ends with this one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../../../sync-server/scripts/sample-postgres.ts', import.meta.url))

export interface Postgres {
  /** The URL of a new, empty database. */
  createDatabase(): Promise<string>
  close(): Promise<void>
}

/** `settings` are lines of its configuration. Rejects where there is no PostgreSQL to start. */
export async function startPostgres(settings: readonly string[]): Promise<Postgres> {
  const child = spawn(process.execPath, [script, ...settings.flatMap((line) => ['--setting', line])], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const whyEnded = ended.then(() => Promise.reject(new Error('PostgreSQL did not start, or ended')))
  whyEnded.catch(() => {}) // heard by whoever asks
  const next = async () => (await Promise.race([once(child, 'message'), whyEnded]))[0] as { url: string }
  await next()
  return {
    async createDatabase() {
      const made = next()
      child.send('database')
      return (await made).url
    },
    async close() {
      child.disconnect()
      await ended
    },
  }
}
