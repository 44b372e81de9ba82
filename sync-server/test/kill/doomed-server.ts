// A server that kills itself with SIGKILL at a given step, the n-th time it gets there. Run as a process of its own by kill-cycle.ts.
import { utf8TextDecoder } from 'lib0/string'
import { flushCompileCache } from 'node:module'
import { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { createLogger, createServer, openSqliteStorage, readSettings, type ServerStorage } from '../../src/index.ts'
import { join } from 'node:path'
import { readSigningKey, writeSigningKey } from '../../src/identity/signing-key.ts'
import { openPostgresExchange } from '../../src/storage/postgres/exchange.ts'
import { openPostgresStorage } from '../../src/storage/postgres/storage.ts'
import type { KillStep } from './kill-steps.ts'

const { folder, url, port, step, nth } = JSON.parse(process.argv[2] ?? '{}') as {
  folder: string
  /** A database in place of the folder. */
  url?: string
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
  ...(url === undefined ? {} : { TIERBOOK_DATABASE_URL: url }),
  PORT: port,
  TIERBOOK_HOST: '127.0.0.1',
  TIERBOOK_IDLE_INDEX_SECONDS: '0',
})
if (!read.ok) throw new Error(read.problems.join('\n'))
const database = url === undefined ? null : await openPostgresStorage({ url })
const real = database ?? openSqliteStorage({ file: join(folder, 'tierbook.db') })
const storage: ServerStorage = {
  ...real,
  async commit(writes) {
    const isEdit = writes.some(({ updates }) => updates.length > 0)
    if (isEdit) pass('append')
    if (isEdit && step === 'commit' && --left === 0) killer.postMessage(Math.random() * (database ? 3_000 : 400))
    const heads = await real.commit(writes)
    if (isEdit) pass('committed')
    return heads
  },
  async saveSnapshot(snapshot) {
    pass('before-snapshot')
    if (step === 'compact' && --left === 0) killer.postMessage(Math.random() * (database ? 3_000 : 1_000))
    await real.saveSnapshot(snapshot)
    pass('after-snapshot')
  },
}
const shared = database &&
  url !== undefined && {
    signingKey: readSigningKey(await database.secret('signing-key', writeSigningKey), 'in the database'),
    exchange: openPostgresExchange({ url, logger: createLogger({ level: 'silent', pretty: false }) }),
  }
const server = await createServer({ settings: read.settings, storage, ...shared })

// Admission reads the texts of an update by a decoder of its own; Yjs, which reads what is stored, by that of lib0.
const decode = TextDecoder.prototype.decode
TextDecoder.prototype.decode = function (this: TextDecoder, ...rest) {
  if (this.fatal && this !== utf8TextDecoder) pass('decode')
  return decode.apply(this, rest)
}

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

// The last moment before, and the first after, somebody outside can know: acknowledgements and edits are written past the websocket, as whole frames.
const write = Socket.prototype.write as (this: Socket, data: unknown, ...rest: unknown[]) => boolean
Socket.prototype.write = function (this: Socket, data: unknown, ...rest: unknown[]) {
  const told = data instanceof Uint8Array ? whatFrameTells(data) : null
  if (told) pass(`before-${told}`)
  const isDrained = write.call(this, data, ...rest)
  if (told) pass(`after-${told}`)
  return isDrained
}

/** A whole binary frame that holds message 100, or sync message 2. */
function whatFrameTells(frame: Uint8Array): 'ack' | 'broadcast' | null {
  if (frame[0] !== 0x82) return null
  const header = frame[1] === 127 ? 10 : frame[1] === 126 ? 4 : 2
  if (frame[header] === 100) return 'ack'
  return frame[header] === 0 && frame[header + 1] === 2 ? 'broadcast' : null
}

// Whoever is killed writes none at its end.
flushCompileCache()
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`)
