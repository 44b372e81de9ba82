// Several nodes over one database under random trouble: nodes killed and started, hints cut, the primary crashed; then everybody must agree. Then
// hints are cut for 10 s, and everybody must agree before they come again.
import { type Book, createId } from '@tierbook/core'
import { createRandom } from '@tierbook/core/testing'
import * as Y from 'yjs'
import { verifyStore } from '../../../src/operate/verify-store.ts'
import { openPostgresStorage } from '../../../src/storage/postgres/storage.ts'
import type { ServerStorage } from '../../../src/storage/storage.ts'
import { openTab, type Tab } from '../../soak/tab.ts'
import { type Cutter, openCutter } from '../cutter.ts'
import type { SamplePostgres } from '../sample-postgres.ts'
import { toldTexts } from '../told.ts'
import { admitDevices } from './admit-devices.ts'
import { type NodeProcess, startNode } from './node-process.ts'

/** What a run gave. All behind `late` must be 0, and `late` too where the machine is not busy with something else. */
export interface ClusterOutcome {
  readonly edits: number
  readonly troubles: number
  /**
   * How long the last device waited for the last edit, with all nodes up: from its acknowledgement, or from when the device was connected again,
   * since a device that is away waits for nobody but itself.
   */
  readonly convergedMs: number
  /** When the last device was connected again: whoever loses a connection comes back within a random time of up to some 2 s. */
  readonly backMs: number
  /** How long hints were cut at the end, and how many edits were made and stored meanwhile. */
  readonly cutMs: number
  readonly cutEdits: number
  /** How long the last device waited for the last of them, with hints still cut. */
  readonly cutConvergedMs: number
  /** Devices that waited for longer than a poll period. */
  readonly late: number
  readonly acknowledgedLost: number
  readonly twice: number
  /** Devices whose log is another one than the store's. */
  readonly different: number
  readonly findings: number
}

export interface ClusterOptions {
  readonly postgres: SamplePostgres
  readonly nodes: number
  /** Devices that write. */
  readonly writers: number
  /** Devices that only follow. */
  readonly followers: number
  readonly rounds: number
  readonly random: () => number
  /** @default 500 */
  readonly pollMs?: number
}

/** How long hints are cut at the end of a run. */
const cutMs = 10_000

export async function runCluster(options: ClusterOptions): Promise<ClusterOutcome> {
  const { postgres, random, pollMs = 500 } = options
  const url = await postgres.createDatabase()
  const hints = await openCutter(Number(new URL(url).port))
  const hintsUrl = new URL(url)
  hintsUrl.port = String(hints.port)
  const environment = {
    TIERBOOK_DATABASE_URL: url,
    TIERBOOK_HINTS_URL: hintsUrl.href,
    TIERBOOK_POLL_MS: String(pollMs),
  }
  const storage = await openPostgresStorage({ url })
  const nodes: NodeProcess[] = []
  const books: Book[] = []
  const tabs: Tab[] = []
  try {
    for (let i = 0; i < options.nodes; i++) nodes.push(await startNode(environment))
    const nodeOf = (i: number) => nodes[i % nodes.length] as NodeProcess
    const devices = await admitDevices(storage)
    const id = createId()
    for (let i = 0; i < options.writers; i++) {
      const book = await devices.open(id, {
        port: nodeOf(i).port,
        name: `Writer ${i}`,
        role: i === 0 ? 'owner' : 'editor',
        create: i === 0,
      })
      books.push(book)
      if (i === 0) await book.flush()
      await until(book, () => book.settings().created)
    }
    const follower = await devices.admit(id, 'viewer')
    for (let i = 0; i < options.followers; i++) {
      const at = `ws://127.0.0.1:${nodeOf(i).port}/sync/${id}`
      // Pauses before a tab dials again come at no fixed moment: chance of their own, or a seed would not play alike twice.
      const pauses = createRandom(Math.floor(random() * 2 ** 31))
      const client = 1 + Math.floor(random() * 2 ** 31)
      tabs.push(openTab({ url: at, token: follower.token, client, random: () => pauses.next() }))
    }

    let troubles = 0
    let acknowledgedLost = 0
    for (let round = 0; round < options.rounds; round++) {
      const ends = trouble(options, { nodes, hints })
      troubles++
      for (let i = 0; i < 4 + Math.floor(random() * 12); i++) {
        const book = books[Math.floor(random() * books.length)] as Book
        await book.addClient({ name: `Client ${createId()}`, tier: 'starter' })
        await new Promise((resolve) => setImmediate(resolve))
      }
      await ends
      const told = books.flatMap((book) => toldTexts(book, book.author.id))
      const kept = new Set((await keptLog(storage, id)).texts)
      acknowledgedLost += new Set(told.filter((text) => !kept.has(text))).size
    }
    hints.join()
    const { edits: before, waits, flushedAt } = await settle({ storage, id, books, tabs })
    await Promise.all(tabs.map((tab) => untilTab(tab, () => tab.isOnline)))
    const backMs = Math.max(0, ...tabs.map((tab) => (tab.connectedAt ?? 0) - flushedAt))

    const cutAt = performance.now()
    hints.cut()
    while (performance.now() - cutAt < cutMs) {
      const book = books[Math.floor(random() * books.length)] as Book
      await book.addClient({ name: `Client ${createId()}`, tier: 'starter' })
      await new Promise((resolve) => setTimeout(resolve, 50 + random() * 400))
    }
    // The last ones have no later edit that would bring them along.
    for (const book of books) await book.addClient({ name: `Client ${createId()}`, tier: 'starter' })
    const cut = await settle({ storage, id, books, tabs })
    const wasCutMs = performance.now() - cutAt
    hints.join()

    const kept = (await keptLog(storage, id)).texts
    const distinct = new Set(kept)
    const log = JSON.stringify(textsOf(books[0]?.doc as Y.Doc))
    return {
      edits: distinct.size,
      troubles,
      convergedMs: Math.max(...waits),
      backMs,
      cutMs: wasCutMs,
      cutEdits: cut.edits - before,
      cutConvergedMs: Math.max(...cut.waits),
      late: [...waits, ...cut.waits].filter((wait) => wait > pollMs).length,
      acknowledgedLost,
      twice: kept.length - distinct.size,
      different:
        books.filter(({ doc }) => JSON.stringify(textsOf(doc)) !== log).length + (JSON.stringify(kept) === log ? 0 : 1),
      findings: (await verifyStore(storage, {})).findings.length,
    }
  } finally {
    for (const tab of tabs) tab.close()
    for (const book of books) await book.close()
    for (const node of nodes) await node.kill()
    await storage.close()
    await hints.close()
  }
}

/** Everything is acknowledged, and then everybody has it: how long each device waited since, or since it was connected again. */
async function settle(system: { storage: ServerStorage; id: string; books: readonly Book[]; tabs: readonly Tab[] }) {
  const { storage, id, books, tabs } = system
  await Promise.all(books.map((book) => book.flush()))
  const flushedAt = performance.now()
  const { texts, clocks } = await keptLog(storage, id)
  const edits = new Set(texts).size
  const waits: number[] = []
  const hasAll = (connectedAt: number) => waits.push(performance.now() - Math.max(flushedAt, connectedAt))
  const isAllIn = (tab: Tab) => [...clocks].every(([client, at]) => (tab.clocks.get(client) ?? 0) >= at)
  await Promise.all([
    ...books.map((book) => until(book, () => textsOf(book.doc).length >= edits).then(() => hasAll(flushedAt))),
    ...tabs.map((tab) => untilTab(tab, () => isAllIn(tab)).then(() => hasAll(tab.connectedAt ?? 0))),
  ])
  return { edits, waits, flushedAt }
}

/** One kind of trouble; resolves when it is over. */
async function trouble(
  { postgres, random }: ClusterOptions,
  { nodes, hints }: { nodes: NodeProcess[]; hints: Cutter },
): Promise<void> {
  const kind = Math.floor(random() * 5)
  if (kind <= 1) {
    const node = nodes[Math.floor(random() * nodes.length)] as NodeProcess
    await node.kill()
    await node.start()
  } else if (kind === 2) hints.cut()
  else if (kind === 3) hints.join()
  else {
    await postgres.stop('immediate')
    await postgres.start()
  }
}

/** The log as the store has it, and how far that is. */
async function keptLog(storage: ServerStorage, id: string): Promise<{ texts: string[]; clocks: Map<number, number> }> {
  const doc = new Y.Doc()
  for await (const { bytes } of storage.updates(id)) Y.applyUpdate(doc, bytes)
  const kept = { texts: textsOf(doc), clocks: Y.decodeStateVector(Y.encodeStateVector(doc)) }
  doc.destroy()
  return kept
}

function textsOf(doc: Y.Doc): string[] {
  return doc.getArray<string>('log').toArray()
}

function until(book: Book, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) return resolve()
    const stop = book.subscribe(() => {
      if (!holds()) return
      stop()
      resolve()
    })
  })
}

async function untilTab(tab: Tab, holds: () => boolean): Promise<void> {
  while (!holds()) await tab.changed()
}
