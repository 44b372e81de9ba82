// SIGKILL in a stream of edits: which of those that were acknowledged, or that another device was shown, are gone.
import * as Y from 'yjs'
import type { Books } from '../book/books.ts'
import type { Edits } from './edits.ts'
import { openLightClient } from './light-client.ts'
import { startPeer } from './peer-server.ts'
import { room, type StoredBook, writerOf } from './stored-books.ts'

export interface DeathFigures {
  /** Edits that another device was shown, or the sender told are kept, and that the restarted server does not have. */
  readonly lost: number
  readonly lostSeconds: number
  readonly shown: number
}

export async function measureDeath(
  stored: StoredBook,
  books: Books,
  { edits, perSecond, seconds }: { edits: Edits; perSecond: number; seconds: number },
): Promise<DeathFigures> {
  let server = await startPeer(stored.contender, stored.folder)
  try {
    const actor = writerOf(books)
    const token = await server.token({ book: room, actor, role: 'owner' })
    let shown = 0
    const onUpdate = (update: Uint8Array) => {
      shown = Math.max(shown, Y.parseUpdateMeta(update).to.get(edits.client) ?? 0)
    }
    const writer = await openLightClient({ server, room, token, holds: stored })
    const reader = await openLightClient({ server, room, token, holds: stored, onUpdate })
    await Promise.all([writer.synced, reader.synced])
    const startedAt = performance.now()
    let sent = 0
    while (performance.now() - startedAt < seconds * 1_000 && sent < edits.updates.length) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond)
      while (sent < Math.min(due, edits.updates.length)) writer.send(edits.updates[sent++] as Uint8Array)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await server.kill()
    writer.close()
    reader.close()

    server = await startPeer(stored.contender, stored.folder)
    const updates: Uint8Array[] = []
    const again = await server.token({ book: room, actor, role: 'owner' })
    const asking = await openLightClient({
      server,
      room,
      token: again,
      onUpdate: (update) => void updates.push(update),
    })
    await asking.synced
    // LevelDB's says "synced" before it has loaded; the rest comes behind it.
    for (let quietFor = 0, known = -1; quietFor < 5; known = asking.receivedBytes) {
      quietFor = known === asking.receivedBytes ? quietFor + 1 : 0
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    asking.close()
    const kept = Math.max(0, ...updates.map((update) => Y.parseUpdateMeta(update).to.get(edits.client) ?? 0))
    const placeOf = (clock: number) => edits.clocks.filter((each) => each <= clock).length
    const lost = Math.max(0, placeOf(shown) - placeOf(kept))
    return { lost, lostSeconds: lost / perSecond, shown: placeOf(shown) }
  } finally {
    await server.kill()
  }
}
