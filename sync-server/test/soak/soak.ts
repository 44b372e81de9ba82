// Two users with hundreds of tabs on one book, edits, presence, a reader that stops reading, and servers that are restarted: again and again,
// and after each time everybody is asked what they see, and the server what it holds.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import type { Role } from '@tierbook/core/protocol'
import { webSocket } from '@tierbook/core/websocket'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Y from 'yjs'
import { openSigningKey } from '../../src/identity/signing-key.ts'
import { createTokens } from '../../src/identity/tokens.ts'
import { openStoreForReading } from '../../src/operate/open-store.ts'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { startSoaked } from './soaked-process.ts'
import type { Holdings } from './soaked-server.ts'
import { openTab, type Tab } from './tab.ts'

/** One look at everything, with nobody writing. */
export interface SoakSample {
  readonly round: number
  /** Which server process since the beginning. */
  readonly server: number
  readonly connections: number
  readonly edits: number
  /** How long until everybody had everything and saw everybody, in ms. */
  readonly settledMs: number
  readonly holdings: Holdings
}

export interface SoakOutcome {
  readonly samples: readonly SoakSample[]
  /** With nobody connected: before the first device, and after the last of the same process. */
  readonly before: Holdings
  readonly after: Holdings
  readonly edits: number
  /** Actions on the server's disk. */
  readonly stored: number
  readonly distinct: number
  /** What `verify` found. */
  readonly findings: number
}

export interface SoakOptions {
  readonly clients: number
  /** Goes on while it says so; asked before each round. */
  readonly goesOn: (round: number) => boolean
  /** Rounds between two restarts. */
  readonly roundsPerServer: number
  readonly editsPerRound: number
  readonly random: () => number
  readonly onSample?: (sample: SoakSample) => void
}

/** Tabs that hold the book, of each user, beside those that hold only how far they are. */
const booksPerUser = 3
const quietMs = 2_500 // a server forgets its last answers after two seconds

export async function runSoak(options: SoakOptions): Promise<SoakOutcome> {
  const { random } = options
  const folder = mkdtempSync(join(tmpdir(), 'tierbook-soak-'))
  const id = createId()
  const users = [
    { actor: createId(), role: 'owner' as Role },
    { actor: createId(), role: 'editor' as Role },
  ]
  let server = await startSoaked(folder, '0')
  const { port } = server
  const tokens = createTokens({ key: openSigningKey(join(folder, 'signing-key.pem')), tokenDays: 1 })
  const url = `ws://127.0.0.1:${port}/sync`
  const tokenOf = async ({ actor, role }: (typeof users)[number]) =>
    (await tokens.signAccess({ actor, book: id, role, device: createId() })).token
  const openBookTab = async (user: (typeof users)[number], options?: { create: boolean }) =>
    openBook({
      id,
      author: { id: user.actor, name: 'Ada' },
      storage: memory(),
      sync: webSocket({ url, token: await tokenOf(user), maxPauseMs: 400 }),
      ...(options?.create ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
    })
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T
  const openLightTab = async () =>
    openTab({
      url: `${url}/${id}`,
      token: await tokenOf(pick(users)),
      client: Math.floor(random() * 2 ** 32),
      random,
    })

  await server.register({ book: id, users })
  const before = await server.holdings()
  const books: Book[] = [await openBookTab(users[0] as (typeof users)[number], { create: true })]
  await books[0]?.flush()
  while (books.length < booksPerUser * users.length)
    books.push(await openBookTab(users[books.length % users.length] as (typeof users)[number]))
  let tabs: Tab[] = await Promise.all(Array.from({ length: options.clients - books.length }, openLightTab))
  const samples: SoakSample[] = []
  let servers = 1
  let edits = 1
  try {
    for (let round = 1; options.goesOn(round); round++) {
      if (round > 1 && (round - 1) % options.roundsPerServer === 0) {
        // In the middle of edits: what the old server took is on disk, what it did not take comes to the new one.
        edits += await edit(pick(books), 20, random)
        await server.stop()
        server = await startSoaked(folder, String(port))
        servers++
      }
      const sleeper = pick(tabs)
      await until(sleeper, () => sleeper.isOnline)
      const wake = sleeper.stopReading()
      for (let left = options.editsPerRound; left > 0; left -= 10) {
        edits += await edit(pick(books), 10, random)
        // Tabs come and go.
        const place = Math.floor(random() * tabs.length)
        if (tabs[place] === sleeper) continue
        tabs[place]?.close()
        tabs[place] = await openLightTab()
      }
      const others = tabs.filter((tab) => tab !== sleeper)
      await Promise.all(others.map((tab) => until(tab, () => tab.isOnline && !tab.sees.has(sleeper.client))))
      wake()
      const since = performance.now()
      await settle(books, tabs, edits)
      const settledMs = Math.round(performance.now() - since)
      await new Promise((resolve) => setTimeout(resolve, quietMs))
      const holdings = await server.holdings()
      const sample = { round, server: servers, connections: options.clients, edits, settledMs, holdings }
      samples.push(sample)
      options.onSample?.(sample)
    }
    for (const tab of tabs) tab.close()
    tabs = []
    for (const book of books) await book.close()
    await server.emptied()
    const after = await server.holdings()
    await server.stop()
    return { samples, before, after, edits, ...(await readStore(folder, id)) }
  } finally {
    for (const tab of tabs) tab.close()
    for (const book of books) await book.close()
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** As commands do it, one after another; the sockets get a turn after each. */
async function edit(book: Book, count: number, random: () => number): Promise<number> {
  for (let i = 0; i < count; i++) {
    const clients = book.clients()
    const { id } = clients[Math.floor(random() * clients.length)] ?? {}
    const edited =
      id === undefined || clients.length < 100
        ? await book.addClient({ name: `Client ${createId()}`, tier: 'starter' })
        : await book.editClient({ client: id, note: createId() })
    if (!edited.ok) throw new Error(edited.error.message)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return count
}

/** Everybody has every edit, knows that it is on disk, and sees exactly who is there. */
async function settle(books: readonly Book[], tabs: readonly Tab[], edits: number): Promise<void> {
  const log = (book: Book) => book.doc.getArray<string>('log')
  for (const book of books)
    await untilBook(book, () => log(book).length >= edits && book.status.unsent === 0 && book.status.sync === 'online')
  const [first] = books as [Book]
  for (const book of books) {
    if (log(book).toArray().join() !== log(first).toArray().join()) throw new Error('two tabs differ in their logs')
    if (JSON.stringify(book.clients()) !== JSON.stringify(first.clients())) throw new Error('two tabs differ in rows')
  }
  const clocks = Y.decodeStateVector(Y.encodeStateVector(first.doc))
  const present = new Set(tabs.map(({ client }) => client))
  for (const tab of tabs) {
    await until(tab, () => [...clocks].every(([client, clock]) => tab.clocks.get(client) === clock))
    await until(tab, () => tab.sees.size === present.size && [...present].every((client) => tab.sees.has(client)))
  }
}

async function readStore(folder: string, id: string) {
  const storage = openStoreForReading(folder)
  const doc = new Y.Doc()
  for await (const { bytes } of storage.updates(id)) Y.applyUpdate(doc, bytes)
  const stored = doc.getArray<string>('log').toArray()
  const { findings } = await verifyStore(storage, {})
  await storage.close()
  return { stored: stored.length, distinct: new Set(stored).size, findings: findings.length }
}

async function until(tab: Tab, holds: () => boolean): Promise<void> {
  while (!holds()) await tab.changed()
}

function untilBook(book: Book, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) return resolve()
    const stop = book.subscribe(() => {
      if (!holds()) return
      stop()
      resolve()
    })
  })
}
