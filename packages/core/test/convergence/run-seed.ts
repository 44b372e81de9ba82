// One seeded run of several devices that edit, drop out, reload and come back; at the end all must hold and show the same.
import { followSeed } from '../model/seeded-chance.ts'
import { isDeepStrictEqual } from 'node:util'
import { seenFromElsewhere } from './as-of.ts'
import type { Author, Book } from '../../src/book.ts'
import { openBook } from '../../src/opening/open-book.ts'
import { idOfEvent } from '../../src/projection/tier-event.ts'
import { tierFacts } from '../../src/projection/tier-facts.ts'
import { createBookProjection } from '../../src/projection/book-projection.ts'
import { sealSnapshot } from '../../src/projection/seal-snapshot.ts'
import { openSnapshot } from '../../src/projection/snapshot.ts'
import type { BookStorage } from '../../src/storage/storage.ts'
import { memory } from '../../src/storage/memory.ts'
import { createHub, type HubLink } from '../../src/testing/hub.ts'
import { createRandom, type Random } from '../../src/testing/random.ts'
import { bytesToBase64Url } from '../../src/schema/ids.ts'
import { randomCommand } from './random-command.ts'

/** What a run did, for its report. */
export interface RunReport {
  readonly seed: number
  readonly actions: number
  readonly clients: number
  readonly contested: number
  readonly reloads: number
}

interface Device {
  readonly author: Author
  readonly device: string
  readonly storage: BookStorage
  readonly link: HubLink
  readonly skewMs: number
  book: Book
  /** What the device stored of its projection some time ago, as storage keeps it. */
  snapshot: unknown
}

/** A span of ten years either way: clocks must not matter. */
const mostSkewMs = 10 * 365 * 86_400_000

/** Runs `steps` random steps from `seed`; rejects with the seed and what differed. */
export async function runSeed(seed: number, steps = 150): Promise<RunReport> {
  const random = createRandom(seed)
  const unfollow = followSeed(createRandom(random.below(2 ** 32)))
  try {
    return await runSteps(seed, { steps, random })
  } finally {
    unfollow()
  }
}

async function runSteps(seed: number, { steps, random }: { steps: number; random: Random }): Promise<RunReport> {
  let now = Date.parse('2026-11-22T12:00:00Z')
  const hub = createHub({ now: () => now })
  const id = randomId(random)
  let reloads = 0

  const open = (device: Omit<Device, 'book' | 'snapshot'>) =>
    openBook({
      id,
      author: device.author,
      device: device.device,
      storage: device.storage,
      // Signing waits for another thread, and a seed must play out alike on every machine.
      signed: false,
      sync: device.link.sync,
      now: () => now + device.skewMs,
      random: random.fill,
    })
  const devices: Device[] = []
  const authors = ['Ada', 'Bo', 'Cy'].map((name) => ({ id: randomId(random), name }))
  for (const author of [...authors, ...authors.slice(0, 1)]) {
    const parts = {
      author,
      device: randomId(random),
      storage: memory(),
      link: hub.link(),
      skewMs: random.below(3) === 0 ? (random.next() * 2 - 1) * mostSkewMs : 0,
    }
    const skewed = { ...parts, skewMs: Math.round(parts.skewMs) }
    devices.push({ ...skewed, book: await open(skewed), snapshot: null })
  }

  for (let step = 0; step < steps; step++) {
    now += random.below(4 * 3_600_000)
    const device = random.pick(devices)
    const draw = random.below(100)
    if (draw < 60) await randomCommand(device.book, random)
    else if (draw < 80) device.link.deliver(1 + random.below(4))
    else if (draw < 86) device.link.disconnect()
    else if (draw < 92) device.link.connect()
    else if (draw < 96) {
      await device.book.close()
      device.book = await open(device)
      reloads += 1
    } else {
      device.book.checkDay()
      device.book.clients({ sort: { by: random.pick(['name', 'tier', 'lastActivity', 'createdOn']) } })
      const snapshot = createBookProjection(device.book.doc, { now: () => now }).toSnapshot()
      device.snapshot = snapshot && structuredClone(sealSnapshot(snapshot))
    }
  }

  for (const device of devices) device.link.connect()
  hub.deliverAll()
  for (const device of devices) await device.book.flush()
  for (const device of devices) device.book.checkDay()
  const report = check(seed, devices, now)
  for (const [place, { book }] of devices.entries()) {
    const seen = seenFromElsewhere(book, random)
    if (seen !== true) throw differs(seed, `device ${place}: [TL5] seen from elsewhere in time`, seen, true)
  }
  for (const device of devices) await device.book.close()
  return { ...report, reloads }
}

function check(seed: number, devices: readonly Device[], now: number): Omit<RunReport, 'reloads'> {
  const [first, ...others] = devices
  if (!first) throw new Error('expected devices')
  const expected = whatShows(first.book, now)
  for (const part of ['rows against a fresh fold', 'fold against facts'] as const) {
    if (expected[part] !== true) throw differs(seed, `device 0: ${part}`, expected[part], true)
  }
  for (const [place, device] of devices.entries()) {
    const continued = continuedAsFresh(device, now)
    if (continued !== true) throw differs(seed, `device ${place}: continued from a snapshot`, continued, true)
  }
  for (const [place, other] of others.entries()) {
    const came = whatShows(other.book, now)
    for (const part of Object.keys(expected) as (keyof typeof expected)[]) {
      if (!isDeepStrictEqual(came[part], expected[part]))
        throw differs(seed, `device ${place + 1} and device 0 differ in ${part}`, came[part], expected[part])
    }
  }
  for (const { book } of devices) {
    if (book.status.unsent !== 0) throw differs(seed, 'unsent after all was delivered', book.status.unsent, 0)
    const settled = new Set(
      book
        .changes()
        .slice(0, Number.MAX_SAFE_INTEGER)
        .map((change) => change.action),
    ).size
    if (settled !== book.doc.getArray('log').length)
      throw differs(seed, 'actions shown', settled, book.doc.getArray('log').length)
  }
  return {
    seed,
    actions: first.book.doc.getArray('log').length,
    clients: first.book.clients().length,
    contested: first.book.clients().filter((row) => row.contested).length,
  }
}

/** Everything a device shows, from its incremental projection, held against a fresh reading of its document. */
function whatShows(book: Book, now: number) {
  const fresh = createBookProjection(book.doc, { now: () => now })
  const history = Object.fromEntries(book.clients().map((row) => [row.id, book.history(row.id).map(withoutToday)]))
  // Held against each other: facts as they were kept up incrementally, and worked out anew from the entries backwards.
  const byFacts = book.clients().map(({ id }) => {
    const state = fresh.client(id)
    const retracted = (state?.entries() ?? [])
      .filter(({ entry }) => entry.kind === 'entry.retracted')
      .map(({ entry }) => String(entry['target']))
    const facts = tierFacts([...(state?.events ?? [])].reverse(), new Set(retracted))
    return [id, facts.steps, facts.contested, [...facts.headIds].sort()]
  })
  const byFold = book.clients().map(({ id }) => {
    const facts = fresh.client(id)?.facts()
    return [id, facts?.steps, facts?.contested, [...(facts?.headIds ?? [])].sort()]
  })
  const rows = book.clients().map(withoutClock)
  const freshRows = fresh.rows.query({}).map(withoutClock)
  return {
    document: Object.fromEntries(['meta', 'clients', 'tiers'].map((root) => [root, book.doc.getMap(root).toJSON()])),
    activity: book.doc.getArray('activity').toArray(),
    log: book.doc.getArray('log').toArray(),
    'rows against a fresh fold': isDeepStrictEqual(rows.map(withoutSkew), freshRows.map(withoutSkew)) || {
      rows,
      freshRows,
    },
    'fold against facts': isDeepStrictEqual(byFacts, byFold) || { byFacts, byFold },
    facts: byFacts,
    history,
    tiers: book.tiers(),
    settings: book.settings(),
    actors: [...book.actors()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

/** Whether a projection that continues from the device's snapshot shows what a fresh reading of the document does. */
function continuedAsFresh({ book, snapshot }: Device, now: number): unknown {
  if (snapshot === null) return true
  const shown = [openSnapshot(snapshot), null].map((from) => {
    const projection = createBookProjection(book.doc, { now: () => now, snapshot: from })
    const rows = projection.rows.query({})
    return {
      isContinued: projection.continued > 0 || from?.actions.size === 0,
      rows,
      facts: rows.map(({ id }) => {
        const facts = projection.client(id)?.facts()
        return {
          ...facts,
          steps: facts?.steps.map(({ cause, ...step }) => ({ ...step, cause: idOfEvent(cause) })),
          standing: facts?.standing.map(idOfEvent),
        }
      }),
      entries: rows.map(({ id }) => projection.client(id)?.entries()),
      ordered: projection.log.ordered().map((row) => projection.log.at(row).id),
      around: [projection.tiers(), projection.actors, projection.devices, projection.imports],
      largestN: projection.log.largestN,
    }
  })
  const [continued, fresh] = shown
  if (!continued?.isContinued) return 'the snapshot was not taken'
  for (const part of Object.keys(continued) as (keyof typeof continued)[]) {
    if (part !== 'isContinued' && !isDeepStrictEqual(continued[part], fresh?.[part]))
      return { part, continued: continued[part], fresh: fresh?.[part] }
  }
  return true
}

/** Which entries are still ahead depends on each device's own clock. */
function withoutToday({ scheduled: _, ...change }: ReturnType<Book['history']>[number]) {
  return change
}

function withoutClock({ lastActivity: _, ...row }: ReturnType<Book['clients']>[number]) {
  return row
}

/** A device whose clock is off lives on another day: tier and status of today are compared through the steps instead. */
function withoutSkew({ tier: _, status: __, scheduled: ___, ...row }: ReturnType<typeof withoutClock>) {
  return row
}

function differs(seed: number, what: string, came: unknown, expected: unknown): Error {
  return new Error(
    `seed ${seed}: ${what}\ncame ${JSON.stringify(came)?.slice(0, 2_000)}\nexpected ${JSON.stringify(expected)?.slice(0, 2_000)}`,
  )
}

function randomId(random: Random): string {
  return bytesToBase64Url(random.fill(new Uint8Array(16)))
}
