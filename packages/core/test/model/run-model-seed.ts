// One seeded run: people edit, tabs come and go, the server refuses and is wiped; at the end all agree with the oracle and with the log alone.
import './seeded-chance.ts'
import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import type { Book } from '../../src/book.ts'
import { createRandom, type Random } from '../../src/testing/random.ts'
import { randomCommand } from '../convergence/random-command.ts'
import { checkLogs, checkWorld, isBy, textsOf } from './check-world.ts'
import { describeSomething } from './describe-something.ts'
import { countBareRows, takeSumsOff } from './earlier-rows.ts'
import { refusedWord } from './gate.ts'
import { openWorld, type Tab, turns, type World } from './world.ts'

/** What a run did. */
export interface ModelReport {
  readonly seed: number
  actions: number
  clients: number
  /** Values that were compared with what had been written. */
  fields: number
  contested: number
  refusals: number
  setAside: number
  wipes: number
  restarts: number
  /** How often all rows of a profile were put together. */
  tidied: number
  kills: number
}

/** What a run counts, before it. */
export const noCounts: Readonly<Omit<ModelReport, 'seed'>> = {
  actions: 0,
  clients: 0,
  fields: 0,
  contested: 0,
  refusals: 0,
  setAside: 0,
  wipes: 0,
  restarts: 0,
  tidied: 0,
  kills: 0,
}

/** Every so many seeds the actions are signed: that costs turns, and leads elsewhere. */
const isSignedIn = (seed: number) => seed % 5 === 1
/** In most of them people change what describes clients, tiers and the book more often than else. */
const isDescribedIn = (seed: number) => [1, 2, 4].includes(seed % 5)
/** In half of them stored rows are put together while tabs come and go. */
const isTidiedIn = (seed: number) => [1, 2, 4, 7, 9].includes(seed % 10)

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
  const world = await openWorld(random, { signed, tidies: isTidiedIn(seed) })
  const edit = isDescribedIn(seed) ? describeOrCommand : someCommand
  const report = { seed, ...noCounts }
  const written = new Set<string>()
  const bared = new Set<string>()
  try {
    for (let step = 0; step < steps; step++) {
      world.now += random.below(4 * 3_600_000)
      const did = await oneStep(world, { report, edit, bared })
      await turns(1)
      const ids = noteWritten(world, written)
      trace?.(`${step} ${did}; ${ids.join(', ')}; ${digest(world)}`)
    }
    await comeToRest(world)
    trace?.(`at rest; ${digest(world)}`)
    noteWritten(world, written)
    await checkWorld(world, written, report)
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
async function oneStep(
  world: World,
  { report, edit, bared }: { report: ModelReport; edit: typeof someCommand; bared: Set<string> },
): Promise<string> {
  const { random, channels } = world
  const tab = random.pick(world.tabs)
  const name = `${tab.profile.author.name} ${world.tabs.indexOf(tab)}`
  const draw = random.below(200)
  if (draw < 90) {
    await world.start(tab, (book) => edit(book, random))
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
  if (draw < 188 && world.tidies) {
    const { rows } = tab.profile
    const isTidied = bared.has(rows) && (await countBareRows(rows)) === 0
    if (isTidied) report.tidied += 1
    bared.add(rows)
    await takeSumsOff(rows)
    return `${name}'s rows are as before there were checksums`
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
  world.wipe()
  report.wipes += 1
  return 'the server is wiped'
}

async function describeOrCommand(book: Book, random: Random): Promise<unknown> {
  return random.below(3) === 0 ? describeSomething(book, random) : someCommand(book, random)
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
