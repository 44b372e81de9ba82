// One seeded run: people edit, tabs come and go, the server refuses and is wiped; at the end all agree with the oracle and with the log alone.
import './seeded-chance.ts'
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import * as Y from 'yjs'
import type { Book } from '../../src/book.ts'
import { verifyLog } from '../../src/audit.ts'
import { memory } from '../../src/storage/memory.ts'
import { createRandom, type Random } from '../../src/testing/random.ts'
import { openForTest } from '../../src/testing/open-for-test.ts'
import { createId } from '../../src/schema/ids.ts'
import { randomCommand } from '../convergence/random-command.ts'
import { refusedWord } from './gate.ts'
import { readLog } from './oracle.ts'
import { whatShows } from './what-shows.ts'
import { openWorld, type Tab, turns, type World } from './world.ts'

/** What a run did. */
export interface ModelReport {
  readonly seed: number
  actions: number
  clients: number
  contested: number
  refusals: number
  setAside: number
  wipes: number
  restarts: number
  kills: number
}

/** Days on which tiers are compared: before, among and after the dates that commands draw. */
const days = ['2024-06-01', '2025-03-15', '2026-01-31', '2026-11-22', '2027-05-05', '2027-12-28', '2031-01-01']

/** Every so many seeds the actions are signed: that costs turns, and leads elsewhere. */
const isSignedIn = (seed: number) => seed % 5 === 1

/**
 * Runs `steps` random steps from `seed`; rejects with the seed and what differed. `trace` hears of each step: what was done and written, and a
 * digest of all that the tabs and the server held then, so that two runs of one seed show where they part.
 */
export async function runModelSeed(
  seed: number,
  { steps = 200, trace }: { steps?: number; trace?: (line: string) => void } = {},
): Promise<ModelReport> {
  const random = createRandom(seed)
  const signed = isSignedIn(seed)
  const world = await openWorld(random, { signed })
  const report = {
    seed,
    actions: 0,
    clients: 0,
    contested: 0,
    refusals: 0,
    setAside: 0,
    wipes: 0,
    restarts: 0,
    kills: 0,
  }
  const written = new Set<string>()
  try {
    for (let step = 0; step < steps; step++) {
      world.now += random.below(4 * 3_600_000)
      const did = await oneStep(world, report)
      await turns(1)
      const ids = noteWritten(world, written)
      trace?.(`${step} ${did}; ${ids.join(', ')}; ${digest(world)}`)
    }
    await comeToRest(world)
    trace?.(`at rest; ${digest(world)}`)
    noteWritten(world, written)
    await check(world, written, report)
    await checkLogs(world, { signed })
    report.refusals = world.refusals
    return report
  } catch (cause) {
    throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  } finally {
    await world.close()
  }
}

/** Does one thing, and says what. */
async function oneStep(world: World, report: ModelReport): Promise<string> {
  const { random, hub, channels } = world
  const tab = random.pick(world.tabs)
  const name = `${tab.profile.author.name} ${world.tabs.indexOf(tab)}`
  const draw = random.below(200)
  if (draw < 90) {
    await world.start(tab, (book) => someCommand(book, random))
    return `${name} edits`
  }
  if (draw < 130) {
    tab.link.deliver(1 + random.below(5))
    return `${name} is delivered`
  }
  if (draw < 156) {
    for (let left = 1 + random.below(6); left > 0 && channels.deliverOne(random); left--);
    return 'tabs hear of each other'
  }
  if (draw < 168) {
    tab.link.disconnect()
    return `${name} is cut off`
  }
  if (draw < 184) {
    tab.link.connect()
    return `${name} connects`
  }
  if (draw < 190) {
    await turns(10)
    return 'storage catches up'
  }
  if (draw < 194 && !tab.busy) {
    await world.reopen(tab)
    report.restarts += 1
    return `${name} opens again`
  }
  if (draw < 197 && (await isSaved(tab))) {
    await world.kill(tab)
    report.kills += 1
    return `${name} is killed`
  }
  if (draw < 198) {
    tab.profile.skewMs += Math.round((random.next() * 2 - 1) * 365 * 86_400_000)
    return `${name}'s clock is set`
  }
  hub.wipe()
  report.wipes += 1
  return 'the server is wiped'
}

async function someCommand(book: Book, random: Random): Promise<unknown> {
  const clients = book.clients()
  const draw = random.below(40)
  if (draw === 0) return book.addClient({ name: `${refusedWord} ${random.below(9)}`, tier: 'starter' })
  const client = clients.length === 0 ? '' : random.pick(clients).id
  if (draw === 1) return book.assignTier({ client, tier: 'enterprise', reason: refusedWord })
  if (draw < 4) return book.undo()
  if (draw === 4) return book.redo()
  const contested = draw < 7 ? book.contested() : []
  if (contested.length === 0) return randomCommand(book, random)
  const { client: row, sides } = random.pick(contested)
  return book.settle({ client: row.id, keep: random.below(3) === 0 ? 'all' : random.pick(sides).id })
}

/** Whether everything that the tab says to be saved is what it holds: only then nothing may be missing after a kill. */
async function isSaved(tab: Tab): Promise<boolean> {
  for (let round = 0; round < 50 && tab.book.status.storage !== 'saved'; round++) await turns(1)
  return tab.book.status.storage === 'saved' && !tab.busy && tab.book.status.sync !== 'refused'
}

/** Keeps account of all that was ever written, and gives the ids of what is new. */
function noteWritten(world: World, written: Set<string>): string[] {
  const fresh: string[] = []
  for (const { book, profile } of world.tabs) {
    for (const text of textsOf(book.doc)) {
      if (!isBy(text, profile.author.id) || written.has(text)) continue
      written.add(text)
      fresh.push((JSON.parse(text) as { id: string }).id)
    }
  }
  return fresh
}

/** Twelve characters for all that the tabs and the server hold. */
function digest({ tabs, hub }: World): string {
  const hash = createHash('sha256').update(Y.encodeStateAsUpdate(hub.doc))
  for (const { book, busy } of tabs)
    hash.update(Y.encodeStateAsUpdate(book.doc)).update(JSON.stringify([book.status, busy !== null]))
  return hash.digest('hex').slice(0, 12)
}

/** A tab that takes up another's document looks at rest for some turns before. */
const turnsAtRest = 40

/** Everybody is online, everything is delivered, and whoever the server let not in comes back, as a person would open the page again. */
async function comeToRest(world: World): Promise<void> {
  for (let round = 0; round < 6; round++) {
    for (const tab of world.tabs) tab.link.connect()
    let restingTurns = 0
    for (let turn = 0; turn < 600; turn++) {
      world.hub.deliverAll()
      world.channels.deliverAll()
      await turns(1)
      restingTurns = world.tabs.every(isAtRest) ? restingTurns + 1 : 0
      if (restingTurns > turnsAtRest) return
    }
    for (const tab of world.tabs) if (!isAtRest(tab) && !tab.busy) await world.reopen(tab)
  }
  const stuck = world.tabs.map(
    ({ book, busy }, place) => `tab ${place}${busy ? ', busy' : ''}: ${JSON.stringify(book.status)}`,
  )
  throw new Error(`never at rest\n${stuck.join('\n')}`)
}

function isAtRest({ book, busy }: Tab): boolean {
  const { sync, unsent, recovery, storage, loaded } = book.status
  return (
    !busy &&
    loaded &&
    sync === 'online' &&
    unsent === 0 &&
    storage === 'saved' &&
    (recovery?.phase ?? 'done') === 'done'
  )
}

async function check(world: World, written: ReadonlySet<string>, report: ModelReport): Promise<void> {
  const { tabs, hub } = world
  // Two tabs that recover may both bring an action back: the same text twice counts once (LG6).
  const log = distinct(hub.doc)
  const wanted = [...written].filter((text) => !text.includes(refusedWord)).sort()
  equal(
    'written and not on the server',
    wanted.filter((text) => !log.includes(text)),
    [],
  )
  equal(
    'on the server and never written, or refused',
    log.filter((text) => !wanted.includes(text)),
    [],
  )
  const expected = readLog(wanted, days)
  for (const [place, { book }] of tabs.entries()) {
    equal(`log of tab ${place}`, distinct(book.doc), wanted)
    equal(
      `tab ${place}, problems`,
      { conflicting: book.status.conflicting, problems: book.problems() },
      { conflicting: 0, problems: [] },
    )
    equal(`tab ${place} against the oracle`, whatShows(book, days), expected)
    for (const root of ['meta', 'clients', 'tiers'])
      equal(`tab ${place}, ${root}`, book.doc.getMap(root).toJSON(), hub.doc.getMap(root).toJSON())
  }
  const replayed = await replay(wanted)
  equal('a replay of the log alone against the oracle', whatShows(replayed, days), expected)
  await replayed.close()
  await checkSetAside(world, written, report)
  report.actions = log.length
  report.clients = expected.length
  report.contested = expected.filter(({ contested }) => contested).length
}

/** LG6: nothing that honest devices do looks like a forgery, and where they sign a signature vouches for all of it. */
async function checkLogs({ tabs }: World, { signed }: { signed: boolean }): Promise<void> {
  for (const [place, { book }] of tabs.entries()) {
    const { actions, vouched, unsigned, problems } = await verifyLog(book)
    const expected = signed ? { vouched: actions, unsigned: 0 } : { vouched: 0, unsigned: actions }
    equal(`tab ${place}, what its log proves of itself`, { problems, vouched, unsigned }, { problems: [], ...expected })
  }
}

/** SY3: what the server did not take is on its author's device, whole. */
async function checkSetAside({ tabs }: World, written: ReadonlySet<string>, report: ModelReport): Promise<void> {
  for (const text of written) {
    if (!text.includes(refusedWord)) continue
    const own = tabs.find(({ profile }) => isBy(text, profile.author.id))
    const aside = (await own?.book.setAside())?.filter(({ kind, texts }) => kind === 'actions' && texts?.includes(text))
    equal(`set aside once: ${text}`, aside?.length, 1)
    report.setAside += 1
  }
}

/** The texts in another order than any replica has them. */
async function replay(texts: readonly string[]): Promise<Book> {
  const storage = memory()
  const book = createId()
  const doc = new Y.Doc()
  const handle = await storage.open({ book, doc, onProblem() {} })
  doc.getArray('log').insert(0, [...texts].reverse())
  await handle.close()
  return openForTest({ id: book, storage })
}

function distinct(doc: Y.Doc): string[] {
  return [...new Set(textsOf(doc))].sort()
}

function textsOf(doc: Y.Doc): string[] {
  return doc.getArray<string>('log').toArray()
}

function isBy(text: string, author: string): boolean {
  return text.includes(`"by":"${author}"`)
}

function equal(what: string, came: unknown, expected: unknown): void {
  if (isDeepStrictEqual(came, expected)) return
  throw new Error(`${what}\n${firstDifference(came, expected)}`)
}

/** The first place where two values differ, since a whole log fills a screen. */
function firstDifference(came: unknown, expected: unknown, path = ''): string {
  const areBoth = [came, expected].every((value) => typeof value === 'object' && value !== null)
  if (areBoth) {
    const [a, b] = [came, expected] as [Record<string, unknown>, Record<string, unknown>]
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (!isDeepStrictEqual(a[key], b[key])) return firstDifference(a[key], b[key], `${path}.${key}`)
  }
  return `at ${path || 'the top'}: came ${JSON.stringify(came)}, expected ${JSON.stringify(expected)}`
}
