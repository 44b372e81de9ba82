// The primary is lost for good and its standby takes over, at the same address: what was acknowledged is there, and no server is restarted.
import { createId } from '@tierbook/core'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { logOf, startSampleServer } from '../sample-server.ts'
import { openDevice, patient, ready } from './open-device.ts'
import { startPostgres } from './sample-postgres.ts'
import { startStandby } from './sample-standby.ts'
import { toldTexts } from './told.ts'

/** The address that the servers know, whoever is the primary: what HAProxy or a moved IP address is elsewhere. */
async function startAddress(target: () => number) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const upstream = connect(target(), '127.0.0.1')
    for (const one of [socket, upstream]) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        socket.destroy()
        upstream.destroy()
      })
    }
    socket.pipe(upstream).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

test('[SY1] [F20] the primary is lost while two nodes write and its synchronous standby takes over: nothing acknowledged is lost', async () => {
  const postgres = await startPostgres(['synchronous_commit = remote_apply'])
  onTestFinished(() => postgres.close())
  const direct = await postgres.createDatabase()
  const standby = await startStandby(postgres, direct)
  onTestFinished(() => standby.close())
  await postgres.run(direct, "ALTER SYSTEM SET synchronous_standby_names = '*'")
  await postgres.run(direct, 'SELECT pg_reload_conf()')
  let primary = Number(new URL(direct).port)
  const url = new URL(direct)
  url.port = String(await startAddress(() => primary))
  const environment = { TIERBOOK_DATABASE_URL: url.href, TIERBOOK_POLL_MS: '300' }
  const nodes = [await startSampleServer({ environment }), await startSampleServer({ environment })] as const
  const id = createId()
  const ada = await openDevice(nodes[0], id, { create: true })
  await ada.flush()
  const bob = await openDevice(nodes[1], id)
  await vi.waitFor(() => expect(bob.settings().created).toBe(true), patient)

  for (const book of [ada, bob]) await vi.waitFor(() => expect(book.status.replicated).toBe(true), patient)

  let made = 0
  const writing = new AbortController()
  const writers = [ada, bob].map(async (book) => {
    while (!writing.signal.aborted) {
      await book.addClient({ name: `Client ${++made}` })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })
  await vi.waitFor(() => expect(made).toBeGreaterThan(100), patient)
  await postgres.stop('immediate')
  const told = [ada, bob].flatMap((book) => toldTexts(book, book.author.id))
  expect(told.length).toBeGreaterThan(20)
  standby.promote()
  primary = standby.port
  writing.abort()
  await Promise.all(writers)

  await Promise.all([ada.flush(), bob.flush()])
  for (const book of [ada, bob]) await vi.waitFor(() => expect(book.clients()).toHaveLength(made), patient)
  const doc = new Y.Doc()
  for await (const { bytes } of nodes[0].storage.updates(id)) Y.applyUpdate(doc, bytes)
  const stored = new Set(logOf(doc))
  expect(told.filter((text) => !stored.has(text))).toEqual([])
  expect(logOf(ada.doc)).toEqual(logOf(bob.doc))
  expect((await verifyStore(nodes[1].storage, {})).findings).toEqual([])
  for (const node of nodes) await vi.waitFor(async () => expect(await ready(node)).toBe(200), patient)
  // Who took over has no standby of its own, and says no more than that.
  for (const book of [ada, bob]) await vi.waitFor(() => expect(book.status.replicated).toBe(false), patient)
})
