// One room, 200 devices, one of them writes: 50 edits a second, then as fast as it goes. Before that some that do not count, since a server's
// first hundreds are spent on compiling its code.
import * as Y from 'yjs'
import type { Books } from '../book/books.ts'
import type { Edits } from './edits.ts'
import { type LightClient, openLightClient } from './light-client.ts'
import { startPeer } from './peer-server.ts'
import { room, type StoredBook, writerOf } from './stored-books.ts'

export interface OneRoomFigures {
  /** Server CPU for one edit to one receiver, in µs. */
  readonly steadyUs: number
  readonly flatOutUs: number
}

const steadyPerSecond = 50
/** One in this many holds the document, and must have it right in the end. */
const realOneIn = 50

export async function measureOneRoom(
  stored: StoredBook,
  books: Books,
  options: { clients: number; edits: Edits; warmUp: number; steady: number },
): Promise<OneRoomFigures> {
  const { edits, clients, warmUp, steady } = options
  const server = await startPeer(stored.contender, stored.folder)
  const devices: LightClient[] = []
  const isRelay = stored.contender.script === 'relay'
  const docs: Y.Doc[] = []
  let reached = 0
  let onReached: (() => void) | undefined
  try {
    const token = await server.token({ book: room, actor: writerOf(books), role: 'owner' })
    for (let i = 0; i < clients; i++) {
      const doc = i % realOneIn === 1 ? new Y.Doc() : null
      if (doc) docs.push(doc)
      if (doc && isRelay) Y.applyUpdate(doc, stored.update)
      const onUpdate = (update: Uint8Array) => {
        if (doc) Y.applyUpdate(doc, update)
        // The last to join is the last in the server's list of receivers.
        if (i !== clients - 1) return
        reached = Math.max(reached, Y.parseUpdateMeta(update).to.get(edits.client) ?? 0)
        onReached?.()
      }
      const device = await openLightClient({
        server,
        room,
        token,
        onUpdate,
        // Who keeps nothing is given the book by the first device.
        ...(i === 0 ? { holds: stored } : {}),
      })
      if (!isRelay) await device.synced
      devices.push(device)
    }
    const [writer] = devices as [LightClient]
    const until = (place: number) =>
      new Promise<void>((resolve) => {
        onReached = () => {
          if (reached >= (edits.clocks[place] as number)) resolve()
        }
        onReached()
      })
    const phase = async (from: number, to: number, pauseMs: number) => {
      const before = await server.usage()
      const startedAt = performance.now()
      for (let i = from; i < to; i++) {
        writer.send(edits.updates[i] as Uint8Array)
        const wait = startedAt + (i - from + 1) * pauseMs - performance.now()
        if (pauseMs > 0 && wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      }
      await until(to - 1)
      const { cpuMs } = await server.usage()
      return ((cpuMs - before.cpuMs) * 1_000) / ((to - from) * (clients - 1))
    }
    await phase(0, warmUp, 0)
    const steadyUs = await phase(warmUp, warmUp + steady, 1_000 / steadyPerSecond)
    const flatOutUs = await phase(warmUp + steady, edits.updates.length, 0)
    await Promise.all(docs.map((doc) => hasAll(doc, edits)))
    return { steadyUs, flatOutUs }
  } finally {
    for (const device of devices) device.close()
    await server.kill()
  }
}

async function hasAll(doc: Y.Doc, { client, clocks }: Edits): Promise<void> {
  const has = () => (Y.decodeStateVector(Y.encodeStateVector(doc)).get(client) ?? 0) >= (clocks.at(-1) ?? 0)
  while (!has()) await new Promise((resolve) => doc.once('update', resolve))
  if (doc.store.pendingStructs) throw new Error('a device was sent edits with a gap')
}
