// A server that kills itself with SIGKILL at a given step, the n-th time it gets there. Run as a process of its own by kill-cycle.ts.
import { flushCompileCache } from 'node:module'
import { Worker } from 'node:worker_threads'
import { WebSocket } from 'ws'
import { createServer, openSqliteStorage, readSettings, type ServerStorage } from '../../src/index.ts'
import { join } from 'node:path'
import type { KillStep } from './kill-steps.ts'

const { folder, port, step, nth } = JSON.parse(process.argv[2] ?? '{}') as {
  folder: string
  port: string
  step: KillStep
  nth: number
}

let left = nth
const die = () => process.kill(process.pid, 'SIGKILL')
/** Call at each place where the process may die. */
const pass = (here: KillStep) => {
  if (here === step && --left === 0) die()
}

/** Kills from another thread, some microseconds into what this thread is doing. */
const killer = new Worker(
  `const { parentPort } = require('node:worker_threads')
   parentPort.on('message', (microseconds) => {
     const end = performance.now() + microseconds / 1000
     while (performance.now() < end);
     process.kill(process.pid, 'SIGKILL')
   })`,
  { eval: true },
)
killer.unref()

const read = readSettings({
  TIERBOOK_DATA: folder,
  PORT: port,
  TIERBOOK_HOST: '127.0.0.1',
  TIERBOOK_IDLE_DOCUMENT_SECONDS: '0',
})
if (!read.ok) throw new Error(read.problems.join('\n'))
const real = openSqliteStorage({ file: join(folder, 'tierbook.db') })
const storage: ServerStorage = {
  ...real,
  async commit(writes) {
    const isEdit = writes.some(({ updates }) => updates.length > 0)
    if (isEdit) pass('append')
    if (isEdit && step === 'commit' && --left === 0) killer.postMessage(Math.random() * 400)
    const heads = await real.commit(writes)
    if (isEdit) pass('committed')
    return heads
  },
  async saveSnapshot(snapshot) {
    pass('before-snapshot')
    await real.saveSnapshot(snapshot)
    pass('after-snapshot')
  },
}
const server = await createServer({ settings: read.settings, storage })

const { receivedBytes, updates } = server.metrics
const countBytes = receivedBytes.inc.bind(receivedBytes)
receivedBytes.inc = (...amount: unknown[]) => {
  pass('receive')
  countBytes(...(amount as []))
}
const countUpdates = updates.inc.bind(updates)
updates.inc = (...labels: unknown[]) => {
  if ((labels[0] as { decision?: string } | undefined)?.decision === 'accept') pass('admission')
  countUpdates(...(labels as []))
}

// The last moment before, and the first after, somebody outside can know.
const send = WebSocket.prototype.send as (this: WebSocket, data: unknown, ...rest: unknown[]) => void
WebSocket.prototype.send = function (this: WebSocket, data: unknown, ...rest: unknown[]) {
  const [type, kind] = data instanceof Uint8Array ? data : []
  if (type === 100) pass('before-ack')
  if (type === 0 && kind === 2) pass('before-broadcast')
  send.call(this, data, ...rest)
  if (type === 100) pass('after-ack')
  if (type === 0 && kind === 2) pass('after-broadcast')
} as typeof WebSocket.prototype.send

// Whoever is killed writes none at its end.
flushCompileCache()
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`)
