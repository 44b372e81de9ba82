// Hundreds of small books with two devices each: one writes at a fixed rate whatever the server does, the other notes when each edit came.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Y from 'yjs'
import { quantile } from '../measure.ts'
import { type LightClient, openLightClient } from './light-client.ts'
import { createLateness, type Lateness, sendAtRate } from './lateness.ts'
import { type Contender, type PeerServer, startPeer } from './peer-server.ts'
import type { SmallBook } from './small-books.ts'

/** What came of one rate. */
export interface PairRate {
  readonly perSecond: number
  readonly p99Ms: number
  /** Of the server, for one edit that the other device has. */
  readonly cpuMs: number
}

interface Pair {
  readonly book: SmallBook
  readonly writer: LightClient
  readonly lateness: Lateness
  next: number
}

/** An edit that is later than this ends the ladder of rates. */
const acceptableMs = 100
const patienceMs = 20_000

/** Tries each rate in turn, ends at the first at which one edit of a hundred comes too late. */
export async function measurePairs(
  contender: Contender,
  books: readonly SmallBook[],
  { rates, seconds }: { rates: readonly number[]; seconds: number },
): Promise<PairRate[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tierbook-peer-'))
  const server = await startPeer(contender, folder)
  const latencies: number[] = []
  const devices: LightClient[] = []
  try {
    const pairs: Pair[] = []
    for (const book of books) pairs.push(await openPair(server, book, latencies, devices))
    // A server's first hundreds are spent on compiling its code.
    await sendAt(server, pairs, latencies, { perSecond: rates[0] as number, seconds })
    const measured: PairRate[] = []
    for (const perSecond of rates) {
      const { p99Ms, cpuMs } = await sendAt(server, pairs, latencies, { perSecond, seconds })
      measured.push({ perSecond, p99Ms, cpuMs })
      if (p99Ms > acceptableMs) break
    }
    return measured
  } finally {
    for (const device of devices) device.close()
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The highest rate at which edits came in time; 0 where there was none. */
export function highestRate(measured: readonly PairRate[]): number {
  return Math.max(0, ...measured.filter(({ p99Ms }) => p99Ms <= acceptableMs).map(({ perSecond }) => perSecond))
}

async function sendAt(
  server: PeerServer,
  pairs: readonly Pair[],
  latencies: number[],
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<{ p99Ms: number; cpuMs: number }> {
  latencies.length = 0
  const before = await server.usage()
  const wanted = await sendAtRate({ perSecond, seconds }, (nth) => sendOne(pairs[nth % pairs.length] as Pair))
  const until = performance.now() + patienceMs
  while (latencies.length < wanted && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5))
  // What never came is as late as can be.
  while (latencies.length < wanted) latencies.push(patienceMs)
  const { cpuMs } = await server.usage()
  return { p99Ms: quantile(latencies, 0.99), cpuMs: (cpuMs - before.cpuMs) / wanted }
}

function sendOne(pair: Pair): void {
  const edit = pair.book.edits[pair.next++]
  if (!edit) throw new Error('a writer has no edits left: give it more')
  pair.lateness.sent(edit.clock)
  pair.writer.send(edit.update)
}

async function openPair(
  server: PeerServer,
  book: SmallBook,
  latencies: number[],
  devices: LightClient[],
): Promise<Pair> {
  const { room, actor, client } = book
  const token = await server.token({ book: room, actor, role: 'owner' })
  const isRelay = server.contender.script === 'relay'
  const lateness = createLateness(latencies)
  const writer = await openLightClient({ server, room, token })
  devices.push(writer)
  if (!isRelay) await writer.synced
  writer.send(book.first)
  if (!isRelay) await writer.askAgain()
  const reader = await openLightClient({
    server,
    room,
    token,
    onUpdate: (update) => lateness.reached(Y.parseUpdateMeta(update).to.get(client) ?? 0),
  })
  devices.push(reader)
  if (!isRelay) await reader.synced
  return { book, writer, lateness, next: 0 }
}
