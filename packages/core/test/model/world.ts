// Three people with two tabs each, in one process that nothing moves in but the run: storage, tab channels, server and clocks.
import { followSeed } from './seeded-chance.ts'
import 'fake-indexeddb/auto'
import type { Doc } from 'yjs'
import { IDBFactory } from 'fake-indexeddb'
import type { Author, Book } from '../../src/book.ts'
import { openBook } from '../../src/opening/open-book.ts'
import './load-ahead.ts'
import { bytesToBase64Url } from '../../src/schema/ids.ts'
import { indexedDb } from '../../src/storage/indexeddb.ts'
import type { BookStorage } from '../../src/storage/storage.ts'
import { createHub, type Hub, type HubLink } from '../../src/testing/hub.ts'
import { createRandom, type Random } from '../../src/testing/random.ts'
import { noteWritings, type WritingNotes } from './described.ts'
import { createGate } from './gate.ts'
import { replaceKeys } from './seeded-keys.ts'
import { replaceTabLocks } from './tab-locks.ts'
import { replaceTabChannels, type TabChannels } from './tab-channels.ts'

/** A browser profile: its tabs share storage and channel. */
export interface Profile {
  readonly author: Author
  readonly device: string
  readonly storage: BookStorage
  /** The database of its stored rows. */
  readonly rows: string
  /** How far its clock is off, in ms; it may be set to another time. */
  skewMs: number
}

/** A tab. */
export interface Tab {
  readonly profile: Profile
  book: Book
  link: HubLink
  cutChannel: () => void
  /** A command that waits, as while a recovery runs. */
  busy: Promise<unknown> | null
}

/** One run's world. */
export interface World {
  readonly random: Random
  readonly hub: Hub
  readonly channels: TabChannels
  readonly tabs: readonly Tab[]
  /** All that was ever written, with what its author had seen. */
  readonly writings: WritingNotes
  /** Texts that were written before the server was wiped last, or after that into a document that has what the server lost and has not got back: what is handed over again. */
  readonly lost: Set<string>
  /** The server loses all it held. */
  wipe(): void
  /** The server's clock, epoch ms. */
  now: number
  /** Whether stored rows are put together at once when there is reason to. */
  readonly tidies: boolean
  refusals: number
  reopen(tab: Tab): Promise<void>
  /** The page is gone between two instructions; what it had stored is there. */
  kill(tab: Tab): Promise<void>
  /** Starts a command; it may wait for the server. */
  start(tab: Tab, work: (book: Book) => Promise<unknown>): Promise<void>
  close(): Promise<void>
}

/** Ten years either way: no clock decides. */
const mostSkewMs = 10 * 365 * 86_400_000

/** Opens all six tabs. */
export async function openWorld(
  random: Random,
  { signed, tidies }: { signed: boolean; tidies: boolean },
): Promise<World> {
  globalThis.indexedDB = new IDBFactory()
  const channels = replaceTabChannels()
  const restoreLocks = replaceTabLocks()
  const unfollow = followSeed(createRandom(random.below(2 ** 32)))
  const restoreKeys = signed ? replaceKeys(createRandom(random.below(2 ** 32))) : () => {}
  const id = randomId(random)
  const lost = new Set<string>()
  /** Yjs client ids of what a server lost. */
  const outdated = new Set<number>()
  const writings = noteWritings(({ text }, doc) => {
    const isOfBefore = (client: number) => outdated.has(client) && !world.hub.doc.store.clients.has(client)
    if ([...doc.store.clients.keys()].some(isOfBefore)) lost.add(text)
  })
  const killed: Tab[] = []
  const failures: unknown[] = []
  const profiles = ['Ada', 'Bo', 'Cy'].map((name, place): Profile => ({
    author: { id: randomId(random), name },
    device: randomId(random),
    storage: watched(indexedDb({ prefix: name, tidyAfterMs: tidies ? 0 : neverMs }), writings.follow),
    rows: `${name}:${id}`,
    skewMs: place === 0 ? 0 : Math.round((random.next() * 2 - 1) * mostSkewMs),
  }))
  const owner = profiles[0]?.author.id
  const tabs: Tab[] = []
  const world: World = {
    random,
    channels,
    tabs,
    writings,
    lost,
    wipe() {
      for (const doc of [world.hub.doc, ...tabs.map(({ book }) => book.doc)])
        for (const client of doc.store.clients.keys()) outdated.add(client)
      world.hub.wipe()
      for (const text of writings.all.keys()) lost.add(text)
    },
    tidies,
    now: Date.parse('2026-11-22T12:00:00Z'),
    refusals: 0,
    hub: createHub({
      now: () => world.now,
      admit: createGate({
        now: () => world.now,
        roleOf: (actor) => (actor === owner ? 'owner' : 'editor'),
        onRefusal: () => (world.refusals += 1),
      }),
    }),
    async reopen(tab) {
      tab.link.disconnect()
      await settled('a book is closed', tab.book.close())
      Object.assign(tab, await open(tab.profile))
    },
    async kill(tab) {
      tab.link.disconnect()
      tab.cutChannel()
      killed.push({ ...tab })
      Object.assign(tab, await open(tab.profile))
    },
    async start(tab, work) {
      if (tab.busy) return
      const busy = work(tab.book).then(
        () => (tab.busy = null),
        (cause: unknown) => failures.push(cause),
      )
      tab.busy = busy
      await turns(commandTurns)
      if (failures.length > 0) throw failures[0]
    },
    async close() {
      for (const tab of [...tabs, ...killed]) await settled('a book is closed in the end', tab.book.close())
      channels.restore()
      restoreLocks()
      restoreKeys()
      unfollow()
    },
  }

  async function open(profile: Profile): Promise<Pick<Tab, 'book' | 'link' | 'cutChannel'>> {
    const link = world.hub.link(profile.author.id)
    if (random.below(2) === 0) link.disconnect()
    const opening = () =>
      openBook({
        id,
        author: profile.author,
        device: profile.device,
        storage: profile.storage,
        signed,
        sync: link.sync,
        now: () => world.now + profile.skewMs,
        random: random.fill,
      })
    const { value: book, cut } = await channels.during(() => settled('a book is opened', opening()))
    return { book, link, cutChannel: cut }
  }

  for (const profile of [...profiles, ...profiles]) tabs.push({ profile, busy: null, ...(await open(profile)) })
  return world
}

/** Says which documents a book shows, before anything is written into them. */
function watched(storage: BookStorage, onDocument: (doc: Doc) => void): BookStorage {
  return {
    ...storage,
    async open(context) {
      onDocument(context.doc)
      const handle = await storage.open(context)
      const replace: typeof handle.replace = (doc, taken) => {
        onDocument(doc)
        return handle.replace(doc, taken)
      }
      return { ...handle, replace }
    },
  }
}

const neverMs = 2 ** 31 - 1
/** Enough for a command whose transactions nothing keeps waiting; one that waits for the server goes on waiting. */
const commandTurns = 12

/** Lets what waits for storage go on. Nothing here waits for a clock, so the count, and not the machine, says how far it gets. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Many times what any run needs: books are opened and closed within some hundred. */
const mostTurns = 10_000

/** Waits for what must end by itself, whatever the server does. Turns are counted here, too: a busy machine takes as many as an idle one. */
async function settled<T>(what: string, work: Promise<T>): Promise<T> {
  let isOver = false
  const over = () => (isOver = true)
  work.then(over, over)
  for (let turn = 0; !isOver && turn < mostTurns; turn++) await turns(1)
  if (!isOver) throw new Error(`${what}: never`)
  return work
}

function randomId(random: Random): string {
  return bytesToBase64Url(random.fill(new Uint8Array(16)))
}
