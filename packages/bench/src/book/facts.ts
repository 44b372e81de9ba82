// What happened in a made-up book, before any layout: a sequence of edits by sessions over four years. Both layouts store these facts.
import { createRandom, type Random } from './random.ts'

/** Sizes of a book. */
export interface BookSize {
  readonly clients: number
  /** Actions in all. */
  readonly actions: number
  readonly sessions: number
}

/** One client as it was added. */
export interface ClientFact {
  readonly id: string
  readonly name: string
  readonly createdOn: string
  readonly externalRef: string | null
}

/** One edit. `add` has many rows where clients were imported, one where somebody added a client by hand. `undoes` points at the place, among the edits, of the one it takes back. */
export type Edit =
  | { readonly kind: 'add'; readonly rows: readonly { readonly client: ClientFact; readonly tier: string }[] }
  | { readonly kind: 'rename'; readonly client: string; readonly name: string }
  | { readonly kind: 'reference'; readonly client: string; readonly externalRef: string }
  | {
      readonly kind: 'assign'
      readonly client: string
      readonly tier: string
      readonly effectiveOn: string
      readonly reason: string | null
    }
  | {
      readonly kind: 'end' | 'resume'
      readonly client: string
      readonly effectiveOn: string
      readonly reason: string | null
    }
  | { readonly kind: 'undo'; readonly client: string; readonly undoes: number }

/** One opening of the book: who, from when on, and what they did; or a feed that reports activity and does nothing else. */
export interface SessionFact {
  readonly actor: number
  readonly edits: readonly { readonly at: number; readonly place: number; readonly edit: Edit }[]
  readonly activity: readonly { readonly client: string; readonly at: number }[]
}

/** A whole book. */
export interface BookFacts {
  readonly actors: readonly { readonly id: string; readonly name: string }[]
  readonly clients: readonly ClientFact[]
  readonly sessions: readonly SessionFact[]
  readonly actions: number
}

/** The size that the targets are about. */
export const fullSize: BookSize = { clients: 10_000, actions: 100_000, sessions: 200 }
/** A tenth of it, to try something out. */
export const quickSize: BookSize = { clients: 1_000, actions: 10_000, sessions: 40 }

const tiers = ['starter', 'professional', 'enterprise'] as const
const reasons = [
  'renewal',
  'price review',
  'more sites',
  'merged with a sister company',
  'trial over',
  'asked by phone',
]
const firstDay = Date.UTC(2022, 10, 1)
const days = 1_460 // four years
const dayMs = 86_400_000
const everyTenthIsAFeed = 10
const actorCount = 12
const importRows = 200 // two entries each, and an action holds 500

/** Makes the facts of a book; `bytesToId` turns random bytes into an id. */
export function createFacts(size: BookSize, seed: number, bytesToId: (bytes: Uint8Array) => string): BookFacts {
  const random = createRandom(seed)
  const makeId = () => bytesToId(random.bytes(16))
  const actors = Array.from({ length: actorCount }, (_, index) => ({ id: makeId(), name: `Person ${index + 1}` }))
  const clients = Array.from({ length: size.clients }, (_, index) => createClient(random, makeId(), index))
  const story = createStory(random, clients)
  const people = size.sessions - Math.floor(size.sessions / everyTenthIsAFeed)
  const actionsLeft = size.actions - people // each person's session says which device it is, in one action

  const sessions: SessionFact[] = []
  let place = 0
  for (let index = 0, person = 0; index < size.sessions; index++) {
    const startsAt = firstDay + Math.floor((index / size.sessions) * days) * dayMs + 8 * 3_600_000
    if (index % everyTenthIsAFeed === everyTenthIsAFeed - 1) {
      sessions.push({ actor: 0, edits: [], activity: reportActivity(random, story.added(), startsAt) })
      continue
    }
    person++
    const until = Math.floor((person / people) * actionsLeft)
    const edits: { at: number; place: number; edit: Edit }[] = []
    for (; place < until; place++) {
      const at = startsAt + edits.length * 40_000
      edits.push({ at, place, edit: story.next(place, at, actionsLeft - place) })
    }
    sessions.push({ actor: random.below(actorCount), edits, activity: [] })
  }
  return { actors, clients, sessions, actions: size.actions }
}

function createClient(random: Random, id: string, index: number): ClientFact {
  const name = `${random.pick(firstWords)} ${random.pick(secondWords)} ${random.pick(['Ltd', 'GmbH', 'Inc', 'AG', 'LLC', 'BV'])} ${index}`
  const createdOn = toDate(firstDay - random.below(2_000) * dayMs)
  return { id, name, createdOn, externalRef: random.next() < 0.6 ? `C-${10_000 + index}` : null }
}

/** Chooses edits that make sense: nobody is edited before being added, ended twice, or moved while ended. */
function createStory(random: Random, clients: readonly ClientFact[]) {
  let added = 0
  const isEnded = new Set<string>()
  const lastTierEdit = new Map<string, number>()

  function next(place: number, at: number, actionsLeft: number): Edit {
    const toAdd = clients.length - added
    // Half of the clients are imported at the start, the rest are added one by one as the years pass.
    const isImport = added < clients.length / 2
    if (isImport || random.next() < toAdd / actionsLeft) {
      const rows = clients.slice(added, isImport ? Math.min(added + importRows, clients.length / 2) : added + 1)
      added += rows.length
      return { kind: 'add', rows: rows.map((client) => ({ client, tier: random.pick(tiers) })) }
    }
    const { id: client, name } = clients[random.below(added)] as ClientFact
    const effectiveOn = toDate(at + (random.below(120) - 60) * dayMs)
    const reason = random.next() < 0.3 ? random.pick(reasons) : null
    const draw = random.next()
    if (isEnded.has(client)) {
      isEnded.delete(client)
      lastTierEdit.delete(client)
      return { kind: 'resume', client, effectiveOn, reason }
    }
    if (draw < 0.1) return { kind: 'rename', client, name: `${name} ${random.pick(secondWords)}` }
    if (draw < 0.12) return { kind: 'reference', client, externalRef: `X-${place}` }
    const undoes = lastTierEdit.get(client)
    if (draw < 0.15 && undoes !== undefined) {
      lastTierEdit.delete(client)
      return { kind: 'undo', client, undoes }
    }
    if (draw < 0.17) {
      isEnded.add(client)
      return { kind: 'end', client, effectiveOn, reason }
    }
    lastTierEdit.set(client, place)
    return { kind: 'assign', client, tier: random.pick(tiers), effectiveOn, reason }
  }

  return { next, added: () => clients.slice(0, added) }
}

/** A feed reports every other client once an hour for half a day. */
function reportActivity(random: Random, clients: readonly ClientFact[], startsAt: number) {
  const reports: { client: string; at: number }[] = []
  for (let hour = 0; hour < 12; hour++) {
    for (const { id } of clients) {
      if (random.next() < 0.04) reports.push({ client: id, at: startsAt + hour * 3_600_000 + random.below(3_600_000) })
    }
  }
  return reports
}

function toDate(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10)
}

const firstWords = [
  'Acme',
  'Northwind',
  'Blue',
  'Harbor',
  'Summit',
  'Cedar',
  'Müller',
  'Oak',
  'Silver',
  'Green',
  'Atlas',
  'Quick',
  'River',
  'Łódź',
  'Stone',
]
const secondWords = [
  'Dental',
  'Logistics',
  'Legal',
  'Bakery',
  'Systems',
  'Clinic',
  'Builders',
  'Schools',
  'Foods',
  'Motors',
  'Energy',
  'Media',
]
