// A node of a cluster in a process of its own, which can be killed at any moment and started again at the same port.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface NodeProcess {
  readonly port: number
  /** Memory that the process holds. */
  residentBytes(): number
  /** Stops it between two instructions, as a machine does that swaps or a container that is frozen; gives what lets it go on. */
  freeze(): () => void
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  /** On the port it had. */
  start(): Promise<void>
}

const script = fileURLToPath(new URL('../../soak/soaked-server.ts', import.meta.url))

export async function startNode(environment: Readonly<Record<string, string>>): Promise<NodeProcess> {
  let port = 0
  let pid = 0
  let stop = async () => {}
  let signal = (_name: 'SIGSTOP' | 'SIGCONT') => {}
  const start = async () => {
    const child = spawn(process.execPath, ['--expose-gc', script], {
      env: {
        PATH: process.env['PATH'] ?? '',
        TIERBOOK_HOST: '127.0.0.1',
        TIERBOOK_MAX_CONNECTIONS_PER_ACTOR: '1000',
        TIERBOOK_MAX_CONNECTIONS_PER_ADDRESS: '1000',
        TIERBOOK_IDLE_INDEX_SECONDS: '1',
        ...environment,
        PORT: String(port),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    pid = child.pid ?? 0
    const ended = once(child, 'exit')
    signal = (name) => child.kill(name)
    stop = async () => {
      child.kill('SIGKILL')
      await ended
    }
    const [listening] = (await Promise.race([
      once(child, 'message'),
      ended.then(() => Promise.reject(new Error('a node ended before it listened'))),
    ])) as [{ port: number }]
    port = listening.port
  }
  await start()
  return {
    get port() {
      return port
    },
    residentBytes: () => 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })),
    freeze() {
      signal('SIGSTOP')
      return () => signal('SIGCONT')
    },
    kill: () => stop(),
    start,
  }
}
