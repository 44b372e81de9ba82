// Test support: a server in this process on a port of its own, and stock clients that write through a real book.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import type { Role } from '@tierbook/core/protocol'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebsocketProvider } from 'y-websocket'
import type * as Y from 'yjs'
import {
  createServer,
  createSigningKey,
  createMemoryStorage,
  readSettings,
  type ServerOptions,
  type TierbookServer,
} from '../src/index.ts'

export function sampleFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tierbook-'))
}

export async function startSampleServer(
  options: Partial<ServerOptions> & { environment?: Record<string, string> } = {},
): Promise<TierbookServer> {
  const { environment, ...rest } = options
  const read = readSettings({ PORT: '0', TIERBOOK_HOST: '127.0.0.1', TIERBOOK_IDLE_BOOK_SECONDS: '0', ...environment })
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const defaults =
    environment?.['TIERBOOK_DATA'] || environment?.['TIERBOOK_DATABASE_URL']
      ? {}
      : { storage: createMemoryStorage(), signingKey: createSigningKey() }
  const server = await createServer({ settings: read.settings, ...defaults, ...rest })
  onTestFinished(async () => {
    await server.close()
  })
  return server
}

export interface StockClient {
  readonly book: Book
  readonly doc: Y.Doc
  readonly provider: WebsocketProvider
  readonly actor: string
  /** Resolves with the code when the server closed the connection for good. */
  readonly closed: Promise<{ code: number; reason: string }>
  synced(): Promise<void>
}

/** A stock y-websocket provider with its token in `params`, on the document of a real book. */
export async function openStockClient(
  server: TierbookServer,
  options: {
    id: string
    role?: Role
    token?: string
    actor?: string
    connect?: boolean
    create?: boolean
    signed?: boolean
  },
): Promise<StockClient> {
  const actor = options.actor ?? createId()
  const token = options.token ?? (await server.accessToken({ book: options.id, actor, role: options.role ?? 'editor' }))
  const book = await openBook({
    id: options.id,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    signed: options.signed ?? true,
    ...(options.create ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
  })
  const provider = new WebsocketProvider(`ws://127.0.0.1:${server.port}/sync`, options.id, book.doc, {
    params: { token },
    disableBc: true,
    connect: options.connect ?? true,
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => provider.once('closed', resolve))
  onTestFinished(async () => {
    provider.destroy()
    await book.close()
  })
  const synced = async () => {
    if (!provider.synced) await new Promise<void>((resolve) => provider.on('sync', (is: boolean) => is && resolve()))
  }
  return { book, doc: book.doc, provider, actor, closed, synced }
}

/** A bare websocket; gives frames one by one. */
export async function openSocket(
  url: string,
  protocols: string[] = [],
): Promise<{ socket: WebSocket; closed: Promise<{ code: number; reason: string }> }> {
  const socket = new WebSocket(url, protocols)
  socket.binaryType = 'arraybuffer'
  onTestFinished(() => socket.close())
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }))
  })
  await Promise.race([once(socket as unknown as NodeJS.EventEmitter, 'open').catch(() => {}), closed])
  return { socket, closed }
}

/** The texts of a document's log. */
export function logOf(doc: Y.Doc): string[] {
  return doc.getArray<string>('log').toArray()
}
