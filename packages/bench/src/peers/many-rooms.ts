// Thousands of rooms that are opened, written to and left: what a server keeps of each.
import { createId } from '@tierbook/core'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLightClient } from './light-client.ts'
import { type Contender, startPeer } from './peer-server.ts'

export interface ManyRoomsFigures {
  /** Heap that is kept of each room when it was left, in bytes. */
  readonly heapPerRoom: number
  readonly peakRssBytes: number
}

const atOnce = 20
/** Ours keeps a book open for 10 s, Hocuspocus stores within 10 s. */
const restMs = 12_000

export async function measureManyRooms(
  contender: Contender,
  options: { rooms: number; actor: string; firstUpdate: Uint8Array },
): Promise<ManyRoomsFigures> {
  const { rooms, actor, firstUpdate } = options
  const server = await startPeer(contender, mkdtempSync(join(tmpdir(), 'tierbook-peer-')))
  try {
    const visit = async () => {
      const room = createId()
      const token = await server.token({ book: room, actor, role: 'owner' })
      const device = await openLightClient({ server, room, token })
      await device.synced
      device.send(firstUpdate)
      await device.askAgain()
      device.close()
    }
    const visitAll = async (count: number) => {
      for (let left = count; left > 0; left -= atOnce)
        await Promise.all(Array.from({ length: Math.min(atOnce, left) }, visit))
      await new Promise((resolve) => setTimeout(resolve, restMs))
      return server.usage({ collect: true })
    }
    // What is compiled and cached by the first ones is not kept of each.
    const before = await visitAll(rooms / 10)
    const after = await visitAll(rooms)
    return { heapPerRoom: (after.heapBytes - before.heapBytes) / rooms, peakRssBytes: server.memory().peakBytes }
  } finally {
    await server.kill()
  }
}
