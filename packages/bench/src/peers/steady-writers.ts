// Writers on books of their own, who send at a fixed rate whatever the servers do, and note when each edit was on disk.
import { createId, memory, openBook } from '@tierbook/core'
import * as Y from 'yjs'
import { quantile } from '../measure.ts'
import { type LightClient, openLightClient } from './light-client.ts'
import type { PeerServer } from './peer-server.ts'

/** What came of one rate. */
export interface RateFigures {
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of all servers, per edit. */
  readonly cpuMs: number
  /** Of 1: the share of edits that was on disk a second after the last was sent. */
  readonly stored: number
}

/** A writer with the edits it will send. */
interface Writer {
  readonly device: LightClient
  readonly edits: readonly { readonly update: Uint8Array; readonly clock: number }[]
  next: number
  /** By clock, in order: when it was sent. */
  readonly waiting: { readonly clock: number; readonly sentAt: number }[]
  readonly latencies: number[]
}

/** Opens `count` new books, each with its owner's device, on the servers in turn; each owner has `edits` ready. */
export async function openWriters(
  servers: readonly PeerServer[],
  { count, edits }: { count: number; edits: number },
): Promise<Writer[]> {
  const writers: Writer[] = []
  for (let i = 0; i < count; i++) writers.push(await openWriter(servers[i % servers.length] as PeerServer, edits))
  return writers
}

/** Sends `perSecond` edits by all writers together for `seconds`. */
export async function sendSteadily(
  servers: readonly PeerServer[],
  writers: readonly Writer[],
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<RateFigures> {
  for (const writer of writers) writer.latencies.length = 0
  const cpu = async () => (await Promise.all(servers.map((server) => server.usage()))).map(({ cpuMs }) => cpuMs)
  const before = await cpu()
  const startedAt = performance.now()
  const wanted = perSecond * seconds
  for (let sent = 0; sent < wanted;) {
    const due = Math.min(wanted, Math.floor(((performance.now() - startedAt) / 1000) * perSecond))
    for (; sent < due; sent++) sendOne(writers[sent % writers.length] as Writer)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const latencies = writers.flatMap((writer) => writer.latencies)
  const used = (await cpu()).map((ms, i) => ms - (before[i] ?? 0)).reduce((sum, ms) => sum + ms, 0)
  // What is still under way belongs to this rate and not to the next.
  while (writers.some(({ waiting }) => waiting.length > 0)) await new Promise((resolve) => setTimeout(resolve, 20))
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMs: used / wanted,
    stored: latencies.length / wanted,
  }
}

async function openWriter(server: PeerServer, count: number): Promise<Writer> {
  const [id, actor] = [createId(), createId()]
  const book = await openBook({
    id,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    signed: false, // a server does not check signatures, and making them would load this process
    create: { name: 'A small book', timeZone: 'UTC', currency: 'EUR' },
  })
  const first = Y.encodeStateAsUpdate(book.doc)
  const edits: { update: Uint8Array; clock: number }[] = []
  book.doc.on('update', (update: Uint8Array) =>
    edits.push({ update, clock: Y.parseUpdateMeta(update).to.get(book.doc.clientID) ?? 0 }),
  )
  for (let i = 0; i < count; i++) await book.addClient({ name: `Client ${i}`, tier: 'starter' })
  await book.close()
  const waiting: Writer['waiting'] = []
  const latencies: number[] = []
  const token = await server.token({ book: id, actor, role: 'owner' })
  const device = await openLightClient({
    server,
    room: id,
    token,
    onAcknowledged(clock) {
      const now = performance.now()
      while ((waiting[0]?.clock ?? Number.POSITIVE_INFINITY) <= clock)
        latencies.push(now - (waiting.shift()?.sentAt ?? now))
    },
  })
  await device.synced
  device.send(first)
  await device.askAgain()
  return { device, edits, next: 0, waiting, latencies }
}

function sendOne(writer: Writer): void {
  const edit = writer.edits[writer.next++]
  if (!edit) throw new Error('a writer has no edits left: give it more')
  writer.waiting.push({ clock: edit.clock, sentAt: performance.now() })
  writer.device.send(edit.update)
}
