// Writers on books of their own, who send at a fixed rate whatever the servers do, and note when each edit was on disk.
import { quantile } from '../measure.ts'
import { createLateness, type Lateness, sendAtRate } from './lateness.ts'
import { type LightClient, openLightClient } from './light-client.ts'
import type { PeerServer } from './peer-server.ts'
import { makeSmallBooks, type SmallBook } from './small-books.ts'

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
  readonly edits: SmallBook['edits']
  next: number
  readonly lateness: Lateness
  readonly latencies: number[]
}

/** Opens `count` new books, each with its owner's device, on the servers in turn; each owner has `edits` ready. */
export async function openWriters(
  servers: readonly PeerServer[],
  { count, edits }: { count: number; edits: number },
): Promise<Writer[]> {
  const writers: Writer[] = []
  const books = await makeSmallBooks('ours', { count, edits })
  for (const [i, book] of books.entries())
    writers.push(await openWriter(servers[i % servers.length] as PeerServer, book))
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
  const wanted = await sendAtRate({ perSecond, seconds }, (nth) => sendOne(writers[nth % writers.length] as Writer))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const latencies = writers.flatMap((writer) => writer.latencies)
  const used = (await cpu()).map((ms, i) => ms - (before[i] ?? 0)).reduce((sum, ms) => sum + ms, 0)
  // What is still under way belongs to this rate and not to the next.
  while (writers.some(({ lateness }) => lateness.waiting > 0)) await new Promise((resolve) => setTimeout(resolve, 20))
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMs: used / wanted,
    stored: latencies.length / wanted,
  }
}

async function openWriter(server: PeerServer, { room, actor, first, edits }: SmallBook): Promise<Writer> {
  const latencies: number[] = []
  const lateness = createLateness(latencies)
  const token = await server.token({ book: room, actor, role: 'owner' })
  const device = await openLightClient({ server, room, token, onAcknowledged: (clock) => lateness.reached(clock) })
  await device.synced
  device.send(first)
  await device.askAgain()
  return { device, edits, next: 0, lateness, latencies }
}

function sendOne(writer: Writer): void {
  const edit = writer.edits[writer.next++]
  if (!edit) throw new Error('a writer has no edits left: give it more')
  writer.lateness.sent(edit.clock)
  writer.device.send(edit.update)
}
