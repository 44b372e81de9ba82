// Puts a book on a server as a device would that holds it, and lets the server store it.
import { createId } from '@tierbook/core'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Y from 'yjs'
import { type Books, bookId } from '../book/books.ts'
import { openLightClient } from './light-client.ts'
import { type Contender, type PeerServer, startPeer } from './peer-server.ts'

/** A contender with the book on its disk. */
export interface StoredBook {
  readonly contender: Contender
  readonly folder: string
  readonly update: Uint8Array
  readonly stateVector: Uint8Array
}

/** The room of the big book, and another one, on every server. */
export const room = bookId
export const otherRoom = createId()
/** Whoever writes: an actor of the book. */
export const writerOf = (books: Books) => books.facts.actors[0]?.id ?? ''

/** Runs `measure` on a copy of what is stored, for whoever writes to it. */
export async function onCopy<T>(stored: StoredBook, measure: (copy: StoredBook) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tierbook-peer-'))
  try {
    cpSync(stored.folder, folder, { recursive: true })
    return await measure({ ...stored, folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Fills a folder; the server is stopped when it resolves. Who keeps nothing gets nothing. */
export async function storeOnPeer(contender: Contender, books: Books): Promise<StoredBook> {
  const folder = mkdtempSync(join(tmpdir(), 'tierbook-peer-'))
  const update = contender.layout === 'ours' ? books.ours : books.naive
  const stored = { contender, folder, update, stateVector: Y.encodeStateVectorFromUpdate(update) }
  if (!contender.isDurable) return stored
  const server = await startPeer(contender, folder)
  const token = await server.token({ book: room, actor: writerOf(books), role: 'owner' })
  const device = await openLightClient({ server, room, token })
  await device.synced
  device.send(update)
  // Answered after everything that came before it.
  await holdsAll(server, token, update)
  device.close()
  await server.stop()
  return stored
}

/** In a row: two that fill their folders would slow each other down. */
export async function storeAll(all: readonly Contender[], books: Books): Promise<StoredBook[]> {
  const stored: StoredBook[] = []
  for (const contender of all) stored.push(await storeOnPeer(contender, books))
  return stored
}

/** Removes their folders. */
export function removeAll(stored: readonly StoredBook[]): void {
  for (const { folder } of stored) rmSync(folder, { recursive: true, force: true })
}

/** Resolves when the server gives all of `update` to whoever asks. */
async function holdsAll(server: PeerServer, token: string, update: Uint8Array): Promise<void> {
  for (;;) {
    const reader = await openLightClient({ server, room, token })
    await reader.synced
    const { receivedBytes } = reader
    reader.close()
    if (receivedBytes >= update.length * 0.9) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
