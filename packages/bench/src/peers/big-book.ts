// A big book after a restart: the first device, twenty at once, hundreds that hold it already, and edits on it; and what another room feels meanwhile.
import type { Books } from '../book/books.ts'
import type { SnapshotPart } from '@tierbook/core/protocol'
import { createGunzip } from 'node:zlib'
import * as Y from 'yjs'
import type { Edits } from './edits.ts'
import { openLightClient, plainLength } from './light-client.ts'
import { type PeerServer, startPeer } from './peer-server.ts'
import { otherRoom, room, type StoredBook, writerOf } from './stored-books.ts'

export interface ColdFigures {
  /** Until every device has every byte. */
  readonly wholeMs: number
  /** What the measuring process itself used meanwhile: it is all the devices. */
  readonly ownCpuMs: number
  /** Whether the server said that this was all before it was. */
  readonly isHasty: boolean
  readonly cpuMs: number
  readonly stallMs: number
  readonly rssGrowth: number
}

/** How long the measuring waits before it says that it did not end. */
const patienceMs = 90_000
/** More than this is not waited for either: the machine has other work. */
const mostRss = 4 * 2 ** 30

export async function measureCold(stored: StoredBook, books: Books, devices: number): Promise<ColdFigures> {
  return withOtherRoom(stored, books, async (server, token) => {
    let isHasty = false
    const startedAt = performance.now()
    const cpuBefore = process.cpuUsage()
    const whole = Array.from({ length: devices }, async (_, n) => {
      let bytes = 0
      let done: () => void
      const isWhole = new Promise<void>((resolve) => (done = resolve))
      const unpacking: Promise<void>[] = []
      const take = (length: number, isAnswer: boolean) => {
        bytes += length
        if (bytes >= stored.update.length * 0.9) done()
        else if (isAnswer) isHasty = true
      }
      const device = await openLightClient({
        server,
        room,
        token,
        onUpdate: (update, isAnswer) => take(update.length, isAnswer),
        onPart(part) {
          if (n === 0) unpacking.push(checkPart(part))
          take(plainLength(part), false)
        },
      })
      await isWhole
      await Promise.all(unpacking)
      device.close()
      return performance.now()
    })
    const wholeMs = Math.max(...(await Promise.all(whole))) - startedAt
    const { user, system } = process.cpuUsage(cpuBefore)
    return { wholeMs, isHasty, ownCpuMs: (user + system) / 1_000 }
  })
}

/** Unpacks a part as a device would, and says where it is not as long as it said. */
async function checkPart(part: SnapshotPart): Promise<void> {
  const unpacking = createGunzip({ chunkSize: 65_536 })
  unpacking.end(part.packed)
  let length = 0
  for await (const piece of unpacking as AsyncIterable<Uint8Array>) length += piece.length
  if (length !== plainLength(part)) throw new Error(`part ${part.part} unpacks to ${length} bytes`)
}

export interface ReconnectFigures extends Omit<ColdFigures, 'isHasty' | 'ownCpuMs'> {
  /** Devices that were in step again. */
  readonly synced: number
  /** What the devices were made to send of what the store holds. */
  readonly askedBytes: number
}

export async function measureReconnect(stored: StoredBook, books: Books, devices: number): Promise<ReconnectFigures> {
  return withOtherRoom(stored, books, async (server, token) => {
    const startedAt = performance.now()
    const opening = Array.from({ length: devices }, () => openLightClient({ server, room, token, holds: stored }))
    const clients = await Promise.all(opening)
    let synced = 0
    let lastAt = startedAt
    for (const client of clients)
      void client.synced.then((at) => {
        lastAt = Math.max(lastAt, at)
        synced++
      })
    const until = performance.now() + patienceMs
    const isOver = () => synced === devices || performance.now() > until || server.memory().rssBytes > mostRss
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 10))
    const wholeMs = synced === devices ? lastAt - startedAt : Number.POSITIVE_INFINITY
    // What it asks for, it asks for with its answer or right behind it.
    await Promise.race([server.usage(), new Promise((resolve) => setTimeout(resolve, 5_000))])
    const askedBytes = clients.reduce((sum, { givenBytes }) => sum + givenBytes, 0)
    for (const client of clients) client.close()
    return { wholeMs, synced, askedBytes }
  })
}

export interface EditFigures {
  readonly cpuMsPerEdit: number
  readonly maxMs: number
  readonly rssBytes: number
}

export async function measureEdits(
  stored: StoredBook,
  books: Books,
  { edits, perSecond }: { edits: Edits; perSecond: number },
): Promise<EditFigures> {
  const server = await startPeer(stored.contender, stored.folder)
  try {
    const token = await server.token({ book: room, actor: writerOf(books), role: 'owner' })
    const sentAt = new Map<number, number>()
    let maxMs = 0
    const onUpdate = (update: Uint8Array, isAnswer: boolean) => {
      if (isAnswer) return
      const clock = Y.parseUpdateMeta(update).to.get(edits.client) ?? 0
      for (const [sent, at] of sentAt) {
        if (sent > clock) break
        maxMs = Math.max(maxMs, performance.now() - at)
        sentAt.delete(sent)
      }
    }
    const writer = await openLightClient({ server, room, token, holds: stored })
    const reader = await openLightClient({ server, room, token, holds: stored, onUpdate })
    await writer.synced
    await reader.synced
    // The first edit brings the document into memory; what follows is what is asked about.
    const send = async (from: number, to: number) => {
      const startedAt = performance.now()
      for (let i = from; i < to; i++) {
        sentAt.set(edits.clocks[i] as number, performance.now())
        writer.send(edits.updates[i] as Uint8Array)
        const wait = startedAt + ((i - from + 1) * 1_000) / perSecond - performance.now()
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      }
      const until = performance.now() + patienceMs
      while (sentAt.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5))
      if (sentAt.size > 0) throw new Error(`${server.contender.name} did not pass ${sentAt.size} edits on`)
    }
    await send(0, 10)
    maxMs = 0
    const before = await server.usage()
    await send(10, edits.updates.length)
    const { cpuMs, rssBytes } = await server.usage()
    writer.close()
    reader.close()
    return { cpuMsPerEdit: (cpuMs - before.cpuMs) / (edits.updates.length - 10), maxMs, rssBytes }
  } finally {
    await server.kill()
  }
}

/** Runs `measure` on a server that has just started, with a device in another room that asks again and again. */
async function withOtherRoom<T>(
  stored: StoredBook,
  books: Books,
  measure: (server: PeerServer, token: string) => Promise<T>,
): Promise<T & { cpuMs: number; stallMs: number; rssGrowth: number }> {
  const server = await startPeer(stored.contender, stored.folder)
  try {
    const actor = writerOf(books)
    const token = await server.token({ book: room, actor, role: 'owner' })
    const otherToken = await server.token({ book: otherRoom, actor, role: 'owner' })
    const other = await openLightClient({ server, room: otherRoom, token: otherToken })
    await other.synced
    let stallMs = 0
    let isDone = false
    const asking = (async () => {
      while (!isDone) {
        const askedAt = performance.now()
        const answered = other.askAgain().catch(() => 0)
        const end = await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, patienceMs, 0))])
        stallMs = Math.max(stallMs, ((end as number) || performance.now()) - askedAt)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    })()
    const before = await server.usage({ collect: true })
    const figures = await measure(server, token)
    isDone = true
    await asking
    const after = await server.usage()
    other.close()
    const rssGrowth = server.memory().peakBytes - before.rssBytes
    return { ...figures, cpuMs: after.cpuMs - before.cpuMs, stallMs, rssGrowth }
  } finally {
    await server.kill()
  }
}
