// Devices that nodes in processes of their own let in: their tokens are made with the key that lies in the database.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import type { Role } from '@tierbook/core/protocol'
import { webSocket } from '@tierbook/core/websocket'
import { readSigningKey } from '../../../src/identity/signing-key.ts'
import { createTokens } from '../../../src/identity/tokens.ts'
import type { PostgresStorage } from '../../../src/storage/postgres/storage.ts'

/** Lets people into books of one database, each with a device. */
export interface Admission {
  admit(book: string, role: Role): Promise<{ readonly actor: string; readonly token: string }>
  /** A new person's device; it may not have anything of the book yet. */
  open(book: string, options: { port: number; name: string; role: Role; create?: boolean }): Promise<Book>
}

/** Needs a node that has started: it made the key. */
export async function admitDevices(storage: PostgresStorage): Promise<Admission> {
  const key = readSigningKey(await storage.secret('signing-key', () => ''), 'in the database')
  const tokens = createTokens({ key, tokenDays: 1 })

  async function admit(book: string, role: Role) {
    const actor = createId()
    await storage.registerBook({ book, actor, now: Date.now() })
    return { actor, token: (await tokens.signAccess({ book, actor, role, device: actor })).token }
  }

  return {
    admit,
    async open(book, { port, name, role, create = false }) {
      const { actor, token } = await admit(book, role)
      return openBook({
        id: book,
        author: { id: actor, name },
        storage: memory(),
        sync: webSocket({ url: `ws://127.0.0.1:${port}/sync`, token, maxPauseMs: 200 }),
        ...(create ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
      })
    },
  }
}
