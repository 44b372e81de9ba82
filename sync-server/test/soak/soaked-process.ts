// The soaked server as seen from outside: what it holds, its stop, its end.
import type { Role } from '@tierbook/core/protocol'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Holdings } from './soaked-server.ts'

export interface SoakedProcess {
  readonly port: number
  register(request: { book: string; users: readonly { actor: string; role: Role }[] }): Promise<void>
  holdings(): Promise<Holdings>
  /** Resolves when nobody is connected and no book is open. */
  emptied(): Promise<void>
  /** As an operator stops it; rejects where it says that something was not stored. */
  stop(): Promise<void>
  kill(): void
}

const script = fileURLToPath(new URL('soaked-server.ts', import.meta.url))

export async function startSoaked(folder: string, port: string): Promise<SoakedProcess> {
  const child = spawn(process.execPath, ['--expose-gc', script], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TIERBOOK_DATA: folder,
      PORT: port,
      TIERBOOK_HOST: '127.0.0.1',
      TIERBOOK_MAX_CONNECTIONS_PER_ACTOR: '1000',
      TIERBOOK_MAX_CONNECTIONS_PER_ADDRESS: '1000',
      TIERBOOK_IDLE_BOOK_SECONDS: '0',
      TIERBOOK_IDLE_INDEX_SECONDS: '0',
      TIERBOOK_PING_SECONDS: '3',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const ask = async (question: object) => {
    const answered = once(child, 'message')
    child.send(question)
    const answer = await Promise.race([answered, ended.then(([code]) => Promise.reject(endedWith(code)))])
    return (answer as [unknown])[0]
  }
  const [listening] = (await once(child, 'message')) as [{ port: number }]
  return {
    port: listening.port,
    async register(request) {
      await ask({ register: request })
    },
    holdings: async () => (await ask({})) as Holdings,
    async emptied() {
      await ask({ emptied: true })
    },
    async stop() {
      child.kill('SIGTERM')
      const [code] = await ended
      if (code !== 0) throw endedWith(code)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

const endedWith = (code: number | null) => new Error(`the server ended with ${code}`)
