// A server in a process of its own that says what it holds when asked. Run by soaked-process.ts.
import type { Role } from '@tierbook/core/protocol'
import { createServer, readSettings } from '../../src/index.ts'

/** What a process holds, after its garbage was collected. */
export interface Holdings {
  readonly heapBytes: number
  readonly rssBytes: number
  /** What keeps the process busy, by kind as Node names them: `TCPSocketWrap`, `Timeout` … */
  readonly resources: Readonly<Record<string, number>>
}

interface Question {
  readonly register?: { book: string; users: readonly { actor: string; role: Role }[] }
  readonly emptied?: boolean
}

const read = readSettings(process.env)
if (!read.ok) throw new Error(read.problems.join('\n'))
const server = await createServer({ settings: read.settings })

async function answer({ register, emptied }: Question): Promise<object> {
  for (const user of register?.users ?? []) await server.accessToken({ book: register?.book ?? '', ...user })
  const gauges = [server.metrics.connections, server.metrics.openBooks]
  const count = async () =>
    (await Promise.all(gauges.map((gauge) => gauge.get()))).map(({ values }) => values[0]?.value)
  while (emptied && (await count()).some((one) => one !== 0)) await new Promise((resolve) => setTimeout(resolve, 20))
  return holdings()
}

function holdings(): Holdings {
  if (!globalThis.gc) throw new Error('run with --expose-gc')
  for (let i = 0; i < 3; i++) globalThis.gc({ type: 'major', execution: 'sync' })
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heapBytes: heapUsed + external, rssBytes: rss, resources }
}

// Whoever soaks may be stopped at any time, and nobody else ends this process.
process.once('disconnect', () => process.exit(1))
process.on('message', (question: Question) => void answer(question).then((said) => process.send?.(said)))
process.once('SIGTERM', () => {
  void server.close().then(({ unstored }) => process.exit(unstored > 0 ? 1 : 0))
})
process.send?.({ port: server.port })
