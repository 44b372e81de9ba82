// A disk that is full, and then is not: SQLite's own limit stands in for it, since a test may not fill the machine's.
import { createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createSigningKey, openSqliteStorage } from '../src/index.ts'
import { verifyStore } from '../src/operate/verify-store.ts'
import { sampleFolder, startSampleServer } from './sample-server.ts'

const limit = 400 * 1024

test('[SY1] [F21] on a full disk nothing is acknowledged that is not stored, readiness says so, and with room again all goes on', async () => {
  const file = join(sampleFolder(), 'tierbook.db')
  const signingKey = createSigningKey()
  const id = createId()
  const actor = createId()
  const full = await startSampleServer({ storage: openSqliteStorage({ file, maxBytes: limit }), signingKey })
  const token = await full.accessToken({ book: id, actor, role: 'owner' })
  const book = await openBook({
    id,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    sync: webSocket({ url: `ws://127.0.0.1:${full.port}/sync`, token, maxPauseMs: 50 }),
    create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
  })
  onTestFinished(() => book.close())
  await book.flush()
  const failed = async () =>
    Number(/tierbook_failed_commits_total (\d+)/.exec(await full.metrics.registry.metrics())?.[1])
  while ((await failed()) === 0) {
    await book.addClient({ name: createId(), note: 'x'.repeat(5_000) })
    // Memory storage never waits, so the sockets would not get a turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const ready = await fetch(`http://127.0.0.1:${full.port}/readyz`)
  const made = book.doc.getArray<string>('log').toArray()
  await vi.waitFor(() => expect(book.status.unsent).toBeGreaterThan(0))
  const acknowledged = made.slice(0, made.length - book.status.unsent)
  expect(acknowledged.length).toBeGreaterThan(5)
  const kept = async () => {
    const storage = openSqliteStorage({ file, readOnly: true })
    const doc = new Y.Doc()
    for await (const { bytes } of storage.updates(id)) Y.applyUpdate(doc, bytes)
    expect((await verifyStore(storage, {})).findings).toEqual([])
    await storage.close()
    return doc.getArray<string>('log').toArray()
  }
  const stored = new Set(await kept())
  expect(acknowledged.filter((text) => !stored.has(text))).toEqual([])
  // A check is a write of its own; where the last pages just hold it, readiness is right to say so.
  expect([200, 503]).toContain(ready.status)

  const { port } = full
  await full.close()
  await startSampleServer({ storage: openSqliteStorage({ file }), signingKey, environment: { PORT: String(port) } })
  await book.flush()
  expect(book.status.unsent).toBe(0)
  const all = await kept()
  expect(all).toEqual(book.doc.getArray<string>('log').toArray())
  expect(new Set(all).size).toBe(all.length)
})
