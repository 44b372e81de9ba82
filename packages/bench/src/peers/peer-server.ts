// The servers that are compared, each in a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Question, Usage } from './servers/answer-parent.ts'

/** `naive`: as one would build the book on a peer at first, a nested map a client with a tier field; `ours`: exactly our bytes. */
export type Layout = 'ours' | 'naive'

/** A server and what it holds. */
export interface Contender {
  readonly name: string
  readonly script: 'tierbook' | 'y-websocket' | 'hocuspocus' | 'relay'
  readonly layout: Layout
  /** On disk or not at all. */
  readonly isDurable: boolean
}

export const contenders = {
  ours: { name: 'Tierbook', script: 'tierbook', layout: 'ours', isDurable: true },
  relay: { name: 'bare ws relay', script: 'relay', layout: 'ours', isDurable: false },
  levelNaive: { name: 'y-websocket-server + LevelDB (a)', script: 'y-websocket', layout: 'naive', isDurable: true },
  levelOurs: { name: 'y-websocket-server + LevelDB (b)', script: 'y-websocket', layout: 'ours', isDurable: true },
  memoryNaive: { name: 'y-websocket-server (a)', script: 'y-websocket', layout: 'naive', isDurable: false },
  hocuspocusNaive: { name: 'Hocuspocus + SQLite (a)', script: 'hocuspocus', layout: 'naive', isDurable: true },
  hocuspocusOurs: { name: 'Hocuspocus + SQLite (b)', script: 'hocuspocus', layout: 'ours', isDurable: true },
} as const satisfies Record<string, Contender>

/** A running server. */
export interface PeerServer {
  readonly contender: Contender
  readonly port: number
  token(request: { book: string; actor: string; role: 'owner' | 'editor' }): Promise<string>
  usage(options?: { collect: boolean }): Promise<Usage>
  /** Resident bytes now, and at their most since it started; needs no answer of the server. Linux only. */
  memory(): { readonly rssBytes: number; readonly peakBytes: number }
  /** Stores what is to be stored and ends. */
  stop(): Promise<void>
  kill(): Promise<void>
}

/** Starts a server on `folder`, ours on the database at `databaseUrl` where that is given. */
export async function startPeer(
  contender: Contender,
  folder: string,
  { databaseUrl }: { databaseUrl?: string } = {},
): Promise<PeerServer> {
  mkdirSync(folder, { recursive: true })
  const script = fileURLToPath(new URL(`servers/${contender.script}.ts`, import.meta.url))
  const limits = ['', '_PER_BOOK', '_PER_ACTOR', '_PER_ADDRESS'].map((of) => [`TIERBOOK_MAX_CONNECTIONS${of}`, '5000'])
  const environments = {
    tierbook: {
      TIERBOOK_DATA: folder,
      TIERBOOK_HOST: '127.0.0.1',
      // As the unit and the image of sync-server/deploy have it.
      NODE_OPTIONS: '--max-semi-space-size=16',
      MALLOC_MMAP_THRESHOLD_: '131072',
      ...(databaseUrl === undefined ? {} : { TIERBOOK_DATABASE_URL: databaseUrl }),
      ...(Object.fromEntries(limits) as Record<string, string>),
    },
    'y-websocket': contender.isDurable ? { YPERSISTENCE: folder } : {},
    hocuspocus: { DATA: folder },
    relay: {},
  }
  const child = spawn(process.execPath, ['--expose-gc', script], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', ...environments[contender.script] },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  const whyEnded = ended.then((why) => Promise.reject(new Error(`${contender.name} ended with ${why}`)))
  whyEnded.catch(() => {}) // heard by whoever asks
  const next = async () => (await Promise.race([once(child, 'message'), whyEnded]))[0] as object
  let last = Promise.resolve<unknown>(null)
  const ask = <T>(question: Question): Promise<T> => {
    const answered = last.then(async () => {
      const answer = next()
      child.send(question)
      return ((await answer) as { said: T }).said
    })
    last = answered.catch(() => {})
    return answered
  }
  const { port } = (await next()) as { port: number }
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return {
    contender,
    port,
    token: (request) => ask({ kind: 'token', ...request }),
    usage: ({ collect } = { collect: false }) => ask({ kind: 'usage', collect }),
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
      return { rssBytes: kib('VmRSS') * 1024, peakBytes: kib('VmHWM') * 1024 }
    },
    async stop() {
      await ask({ kind: 'stop' })
      await kill()
    },
    kill,
  }
}
