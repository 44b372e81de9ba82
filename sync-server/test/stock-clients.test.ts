import { createId, memory, openBook } from '@tierbook/core'
import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { logOf, openStockClient, startSampleServer } from './sample-server.ts'

describe('stock clients', () => {
  test('[SY1] two stock providers with tokens in their params see each other’s edits', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    const bob = await openStockClient(server, { id })
    await ada.book.addClient({ name: 'Acme', tier: 'starter' })
    await vi.waitFor(() => expect(bob.book.clients().map(({ name }) => name)).toEqual(['Acme']))
    await bob.book.addClient({ name: 'Zenith', tier: 'enterprise' })
    await vi.waitFor(() => expect(ada.book.clients()).toHaveLength(2))
    expect(logOf(ada.doc)).toEqual(logOf(bob.doc))
  })

  test('[AD2] two devices that edited offline come together', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    await ada.synced()
    const bob = await openStockClient(server, { id })
    await vi.waitFor(() => expect(bob.book.settings().created).toBe(true))
    ada.provider.disconnect()
    bob.provider.disconnect()
    for (let i = 0; i < 20; i++) {
      await ada.book.addClient({ name: `Ada ${i}` })
      await bob.book.addClient({ name: `Bob ${i}` })
      await ada.book.editTier({ tier: 'starter', name: `Ada ${i}` })
      await bob.book.editTier({ tier: 'starter', name: `Bob ${i}` })
    }
    ada.provider.connect()
    bob.provider.connect()
    await vi.waitFor(() => expect(ada.book.clients().length + bob.book.clients().length).toBe(80))
    await vi.waitFor(() => expect(logOf(ada.doc)).toEqual(logOf(bob.doc)))
    expect(ada.book.tiers()).toEqual(bob.book.tiers())
  })

  test('[SY1] [F16] a burst of edits with renames among them is stored edit by edit and told in few frames', async () => {
    const server = await startSampleServer()
    const id = createId()
    // Signing takes a moment for each edit, in which the network has its turn; without it they come as fast as they can be made.
    const ada = await openStockClient(server, { id, role: 'owner', create: true, signed: false })
    const added = await ada.book.addClient({ name: 'Acme', tier: 'starter' })
    if (!added.ok) throw new Error(added.error.message)
    const { id: client } = added.value
    const bob = await openStockClient(server, { id })
    await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(1))
    const before = (await Array.fromAsync(server.storage.updates(id))).length
    let frames = 0
    bob.doc.on('update', () => frames++)

    const edits = 120
    for (let i = 0; i < edits; i++) {
      if (i % 40 === 7) await ada.book.editClient({ client, name: `Acme ${i}` })
      else await ada.book.assignTier({ client, tier: i % 2 ? 'starter' : 'enterprise', reason: `step ${i}` })
    }
    await vi.waitFor(() => expect(logOf(bob.doc)).toEqual(logOf(ada.doc)))
    expect(bob.book.clients()).toEqual(ada.book.clients())
    expect(bob.book.client(client)?.name).toBe('Acme 87')
    const rows = await Array.fromAsync(server.storage.updates(id))
    expect(rows.length).toBe(before + logOf(ada.doc).length - 2)
    const replayed = new Y.Doc()
    for (const { bytes } of rows) Y.applyUpdate(replayed, bytes)
    expect(logOf(replayed)).toEqual(logOf(ada.doc))
    expect(frames).toBeLessThan(edits / 2)
  })

  test('[AD6] a viewer reads and cannot write', async () => {
    const server = await startSampleServer()
    const id = createId()
    const owner = await openStockClient(server, { id, role: 'owner', create: true })
    await owner.book.addClient({ name: 'Acme' })
    const viewer = await openStockClient(server, { id, role: 'viewer' })
    await vi.waitFor(() => expect(viewer.book.clients()).toHaveLength(1))
    await viewer.book.addClient({ name: 'Not mine to add' })
    expect(await viewer.closed).toMatchObject({ code: 4403 })
    expect(owner.book.clients()).toHaveLength(1)
    expect((await server.storage.load(id))?.record.largestN).toBe(2)
  })

  test('[AD6] a viewer who comes with edits from before is read-only and not refused', async () => {
    const server = await startSampleServer()
    const id = createId()
    const owner = await openStockClient(server, { id, role: 'owner', create: true })
    await owner.synced()
    const viewer = await openStockClient(server, { id, role: 'viewer', connect: false })
    await viewer.book.addClient({ name: 'Made while demoted' })
    viewer.provider.connect()
    await viewer.synced()
    await owner.book.addClient({ name: 'Acme' })
    await vi.waitFor(() => expect(viewer.book.clients()).toHaveLength(2))
    expect(owner.book.clients()).toHaveLength(1)
  })

  test('[AD4] a forged edit closes its sender with 4422, and nobody sees it', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    await ada.synced()
    const eve = await openStockClient(server, { id })
    await eve.synced()
    eve.doc.getMap('clients').set('x/name', 'unlogged')
    expect(await eve.closed).toMatchObject({ code: 4422, reason: expect.stringContaining('unlogged-change') as string })
    expect(ada.doc.getMap('clients').size).toBe(0)
    expect(await server.metrics.registry.metrics()).toContain('tierbook_refusals_total{code="unlogged-change"} 1')
  })

  test('[AD7] an owner puts a book begun offline on the server, and an editor cannot', async () => {
    const server = await startSampleServer()
    const id = createId()
    const offline = await openBook({
      id,
      author: { id: createId(), name: 'Grace' },
      storage: memory(),
      create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
    })
    await offline.addClient({ name: 'Acme' })
    const history = Y.encodeStateAsUpdate(offline.doc)
    await offline.close()
    const editor = await openStockClient(server, { id, connect: false })
    Y.applyUpdate(editor.doc, history)
    editor.provider.connect()
    expect(await editor.closed).toMatchObject({ code: 4422 })
    const owner = await openStockClient(server, { id, role: 'owner', connect: false })
    Y.applyUpdate(owner.doc, history)
    owner.provider.connect()
    const reader = await openStockClient(server, { id, role: 'viewer' })
    await vi.waitFor(() => expect(reader.book.clients().map(({ name }) => name)).toEqual(['Acme']))
  })
})
