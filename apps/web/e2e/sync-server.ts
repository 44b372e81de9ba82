// Runs the real sync server in a process of its own, on a free port and in a data folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../../sync-server/dist/main.js', import.meta.url))
const builtApp = fileURLToPath(new URL('../build', import.meta.url))
const startTimeoutMs = 20_000 // a cold disk on two busy cores

/** A running server. */
export interface SyncServer {
  readonly url: string
  /** Signs the first device in as an owner. */
  readonly ownerLink: string
  /** Ends it the hard way, in the middle of whatever it does. */
  kill(): Promise<void>
  /** Starts it again on the same port and data; `app` is another build of the app. */
  restart(options?: { app?: string }): Promise<void>
  close(): Promise<void>
}

/** Starts a server; `publicUrl` sets the address in links. */
export async function startSyncServer(options: { publicUrl?: string } = {}): Promise<SyncServer> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'tierbook-e2e-'))
  let running = await launch({ dataFolder, port: 0, app: builtApp, ...options })
  const { url, ownerLink } = running
  const port = Number(new URL(url).port)
  return {
    url,
    ownerLink,
    kill: () => end(running.process, 'SIGKILL'),
    async restart({ app = builtApp } = {}) {
      await end(running.process, 'SIGTERM')
      running = await launch({ dataFolder, port, app, ...options })
    },
    async close() {
      await end(running.process, 'SIGTERM')
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

async function launch(options: { dataFolder: string; port: number; app: string; publicUrl?: string }) {
  const child = spawn(process.execPath, [main, 'start'], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(options.port),
      TIERBOOK_DATA: options.dataFolder,
      TIERBOOK_HOST: '127.0.0.1',
      TIERBOOK_APP: options.app,
      TIERBOOK_LOG_LEVEL: 'warn',
      // A whole suite from one address joins more often than people do.
      TIERBOOK_REQUESTS_PER_MINUTE: '10000',
      ...(options.publicUrl ? { TIERBOOK_PUBLIC_URL: options.publicUrl } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  const ready = new Promise<{ url: string; ownerLink: string }>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`the server did not start in ${startTimeoutMs} ms:\n${output.join('')}`)),
      startTimeoutMs,
    )
    child.stdout.on('data', (chunk: Buffer) => {
      output.push(chunk.toString())
      const text = output.join('')
      const url = /Open\s+(\S+)/.exec(text)?.[1]
      const ownerLink = /Sign in\s+(http\S+)/.exec(text)?.[1]
      if (!url || !ownerLink) return
      clearTimeout(late)
      resolve({ url, ownerLink })
    })
    child.on('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`the server ended with code ${code}:\n${output.join('')}`))
    })
  })
  return { process: child, ...(await ready) }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
