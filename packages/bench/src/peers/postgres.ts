// A real PostgreSQL in a process of its own, which ends with this one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../../../sync-server/scripts/sample-postgres.ts', import.meta.url))

export interface Postgres {
  /** The URL of a new, empty database. */
  createDatabase(): Promise<string>
  /** CPU of all its processes since they began, in ms. */
  cpuMs(): Promise<number>
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
  const next = async () => (await Promise.race([once(child, 'message'), whyEnded]))[0] as unknown
  await next()
  /** One question at a time: the answers do not say what they answer. */
  const ask = async (question: 'database' | 'usage') => {
    const answer = next()
    child.send(question)
    return answer
  }
  return {
    async createDatabase() {
      return ((await ask('database')) as { url: string }).url
    },
    async cpuMs() {
      return ((await ask('usage')) as { cpuMs: number }).cpuMs
    },
    async close() {
      child.disconnect()
      await ended
    },
  }
}
