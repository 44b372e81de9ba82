// What tests of servers over one database have in common: devices of owners, and whether a server says that it is ready.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import type { Role } from '@tierbook/core/protocol'
import { onTestFinished } from 'vitest'
import type { TierbookServer } from '../../src/index.ts'

/** For what takes a server some seconds. */
export const patient = { timeout: 40_000, interval: 100 }

/** A device of a person of its own, closed when the test ends; with `create` it makes the book. */
export async function openDevice(
  server: TierbookServer,
  id: string,
  { role = 'owner', create = false }: { role?: Role; create?: boolean } = {},
): Promise<Book> {
  const actor = createId()
  const token = await server.accessToken({ book: id, actor, role })
  const book = await openBook({
    id,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    sync: webSocket({ url: `ws://127.0.0.1:${server.port}/sync`, token, maxPauseMs: 50 }),
    ...(create ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
  })
  onTestFinished(() => book.close())
  return book
}

/** The status with which `/readyz` answers. */
export async function ready({ port }: TierbookServer): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).status
}
