import { type Book, createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { describe, expect, test, vi } from 'vitest'
import { logOf, sampleFolder } from './sample-server.ts'
import { join, startSampleProcess } from './sample-process.ts'

async function open(options: {
  port: string
  id: string
  token: string
  actor: string
  create?: boolean
}): Promise<Book> {
  return openBook({
    id: options.id,
    author: { id: options.actor, name: 'Ada' },
    storage: memory(),
    sync: webSocket({ url: `ws://127.0.0.1:${options.port}/sync`, token: options.token }),
    ...(options.create ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
  })
}

describe('SIGKILL in a stream of edits', () => {
  test.each([3, 20, 60, 150])(
    '[SY1] [F11] [F20] killed after %i observed edits, no edit that anybody saw or had acknowledged is missing',
    async (edits) => {
      const folder = sampleFolder()
      const server = await startSampleProcess({ folder })
      const id = createId()
      const actor = createId()
      const observerId = createId()
      const owner = (await join(server.port, { invite: server.invite, actor, book: id })).body
      const second = (await join(server.port, { invite: server.invite, actor: observerId })).body
      expect([owner.book, second.book]).toEqual([id, id])
      const writer = await open({ port: server.port, id, token: owner.token, actor, create: true })
      await writer.flush()
      const observer = await open({ port: server.port, id, token: second.token, actor: observerId })
      await vi.waitFor(() => expect(observer.status.sync).toBe('online'))

      let isKilled = false
      const start = logOf(observer.doc).length
      observer.subscribe(() => {
        if (isKilled || logOf(observer.doc).length < start + edits) return
        isKilled = true
        server.child.kill('SIGKILL')
      })
      while (!isKilled) {
        await writer.addClient({ name: `Client ${createId()}`, tier: 'starter' })
        // Memory storage never waits, so the sockets would not get a turn.
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(await server.ended).toBe('SIGKILL')
      await vi.waitFor(() => expect(writer.status.sync).not.toBe('online'))
      const seen = logOf(observer.doc)
      const made = logOf(writer.doc)
      const acknowledged = made.slice(0, made.length - writer.status.unsent)
      // Closed before the restart: either would bring back what the server had lost.
      await writer.close()
      await observer.close()

      const again = await startSampleProcess({ folder, port: server.port })
      const reader = await open({ port: again.port, id, token: owner.token, actor: createId() })
      await vi.waitFor(() => expect(reader.status.sync).toBe('online'))
      const kept = new Set(logOf(reader.doc))
      expect(seen.length).toBeGreaterThanOrEqual(edits)
      expect(seen.filter((text) => !kept.has(text))).toEqual([])
      expect(acknowledged.filter((text) => !kept.has(text))).toEqual([])
      expect(reader.problems()).toEqual([])
      await reader.close()
    },
    60_000,
  )

  test('[SY1] after the restart the writer sends what was not acknowledged, once', async () => {
    const folder = sampleFolder()
    const server = await startSampleProcess({ folder })
    const id = createId()
    const actor = createId()
    const { token } = (await join(server.port, { invite: server.invite, actor, book: id })).body
    const writer = await open({ port: server.port, id, token, actor, create: true })
    await writer.flush()
    server.child.kill('SIGKILL')
    await server.ended
    for (let i = 0; i < 30; i++) await writer.addClient({ name: `Offline ${i}` })
    await startSampleProcess({ folder, port: server.port })
    await writer.flush()
    expect(writer.status.unsent).toBe(0)
    expect(writer.clients()).toHaveLength(30)
    await writer.close()
  }, 60_000)
})
