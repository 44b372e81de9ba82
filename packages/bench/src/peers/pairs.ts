// Hundreds of small books with two devices each: one writes at a fixed rate whatever the server does, the other notes when each edit came.
import { createId, memory, openBook } from '@tierbook/core'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Y from 'yjs'
import { quantile } from '../measure.ts'
import { type LightClient, openLightClient } from './light-client.ts'
import { type Contender, type Layout, type PeerServer, startPeer } from './peer-server.ts'

/** A book with what its writer will send. */
export interface PairBook {
  readonly room: string
  readonly actor: string
  readonly first: Uint8Array
  readonly client: number
  readonly edits: readonly { readonly update: Uint8Array; readonly clock: number }[]
}

/** What came of one rate. */
export interface PairRate {
  readonly perSecond: number
  readonly p99Ms: number
  /** Of the server, for one edit that the other device has. */
  readonly cpuMs: number
}

interface Pair {
  readonly book: PairBook
  readonly writer: LightClient
  readonly waiting: { readonly clock: number; readonly sentAt: number }[]
  next: number
}

/** An edit that is later than this ends the ladder of rates. */
const acceptableMs = 100
const patienceMs = 20_000

/** Tries each rate in turn, ends at the first at which one edit of a hundred comes too late. */
export async function measurePairs(
  contender: Contender,
  books: readonly PairBook[],
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
  const wanted = perSecond * seconds
  const startedAt = performance.now()
  for (let sent = 0; sent < wanted;) {
    const due = Math.min(wanted, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond))
    for (; sent < due; sent++) sendOne(pairs[sent % pairs.length] as Pair)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
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
  pair.waiting.push({ clock: edit.clock, sentAt: performance.now() })
  pair.writer.send(edit.update)
}

async function openPair(
  server: PeerServer,
  book: PairBook,
  latencies: number[],
  devices: LightClient[],
): Promise<Pair> {
  const { room, actor, client } = book
  const token = await server.token({ book: room, actor, role: 'owner' })
  const isRelay = server.contender.script === 'relay'
  const waiting: Pair['waiting'] = []
  const writer = await openLightClient({ server, room, token })
  devices.push(writer)
  if (!isRelay) await writer.synced
  writer.send(book.first)
  if (!isRelay) await writer.askAgain()
  const reader = await openLightClient({
    server,
    room,
    token,
    onUpdate(update) {
      const clock = Y.parseUpdateMeta(update).to.get(client) ?? 0
      const now = performance.now()
      while ((waiting[0]?.clock ?? Number.POSITIVE_INFINITY) <= clock)
        latencies.push(now - (waiting.shift()?.sentAt ?? now))
    },
  })
  devices.push(reader)
  if (!isRelay) await reader.synced
  return { book, writer, waiting, next: 0 }
}

/** Makes `count` books of `edits` edits each, a client added by each of them. */
export async function makePairBooks(
  layout: Layout,
  { count, edits }: { count: number; edits: number },
): Promise<PairBook[]> {
  const books: PairBook[] = []
  for (let i = 0; i < count; i++) books.push(layout === 'ours' ? await makeOurs(edits) : makeNaive(edits))
  return books
}

async function makeOurs(count: number): Promise<PairBook> {
  const [room, actor] = [createId(), createId()]
  const book = await openBook({
    id: room,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    signed: false, // no server checks signatures, and making hundreds of thousands would take minutes
    create: { name: 'A small book', timeZone: 'UTC', currency: 'EUR' },
  })
  const recorded = record(book.doc)
  for (let i = 0; i < count; i++) await book.addClient({ name: `Client ${i}`, tier: 'starter' })
  await book.close()
  return { room, actor, ...recorded }
}

function makeNaive(count: number): PairBook {
  const doc = new Y.Doc()
  const clients = doc.getMap<Y.Map<unknown>>('clients')
  const log = doc.getArray<object>('log')
  doc.getMap('book').set('name', 'A small book')
  const actor = createId()
  const recorded = record(doc)
  for (let i = 0; i < count; i++) {
    doc.transact(() => {
      const id = createId()
      const client = new Y.Map<unknown>(Object.entries({ name: `Client ${i}`, tier: 'starter' }))
      clients.set(id, client)
      log.push([{ id: createId(), at: Date.now(), by: actor, kind: 'add', client: id, to: 'starter' }])
    })
  }
  doc.destroy()
  return { room: createId(), actor, ...recorded }
}

function record(doc: Y.Doc): Pick<PairBook, 'first' | 'client' | 'edits'> {
  const edits: { update: Uint8Array; clock: number }[] = []
  const client = doc.clientID
  const first = Y.encodeStateAsUpdate(doc)
  doc.on('update', (update: Uint8Array) => edits.push({ update, clock: Y.parseUpdateMeta(update).to.get(client) ?? 0 }))
  return { first, client, edits }
}
