// The server as it is built and published: what it starts by a file's name is there.
import { createId } from '@tierbook/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import type * as Sources from '../src/index.ts'
import { openStockClient } from './sample-server.ts'

const built = new URL('../dist/index.js', import.meta.url).href

test('[F29] the built server makes the snapshot of a large book, and its index, in a thread', async () => {
  const { createMemoryStorage, createServer, createSigningKey, readSettings } = (await import(built)) as typeof Sources
  const storage = createMemoryStorage()
  const read = readSettings({ PORT: '0', TIERBOOK_HOST: '127.0.0.1', TIERBOOK_IDLE_BOOK_SECONDS: '0' })
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const server = await createServer({ settings: read.settings, storage, signingKey: createSigningKey() })
  onTestFinished(() => server.close().then(() => undefined))
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true, connect: false })
  for (let i = 0; i < 140; i++) await ada.book.addClient({ name: `Client ${i}`, note: 'x'.repeat(9_000) })
  ada.provider.connect()
  const arrived = async (n: number) =>
    vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(n), { timeout: 30_000 })
  await arrived(141)
  ada.provider.destroy()
  await vi.waitFor(async () => expect((await storage.load(id))?.snapshot?.seq).toBeGreaterThan(0), { timeout: 30_000 })
  const bob = await openStockClient(server, { id, role: 'editor' })
  await bob.synced()
  await bob.book.addClient({ name: 'Later' })
  await arrived(142)
})
