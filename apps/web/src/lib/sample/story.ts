// Two years of an MSP: a first import, new clients each month, upgrades, downgrades, ends, what is scheduled, and two misunderstandings.
import type { Book, ImportRow } from '@tierbook/core'
import { countUsage, enterLate, sealMonth, setPrices } from './billing.ts'
import { inventNames } from './names.ts'
import { type Chance, createChance } from './random.ts'
import { exchange, type StoryClock } from './replicas.ts'

const dayMs = 86_400_000
const months = 24
const firstImport = 150
const laterClients = 150
const tierIds = ['starter', 'professional', 'enterprise']
const upgradeReasons = [
  'Annual review',
  'Opened a second site',
  'Asked for advanced monitoring',
  'New compliance audit',
  'Headcount doubled',
  'Renewal',
  'Wants 24×7 cover',
]
const downgradeReasons = ['Cost saving round', 'Closed a branch', 'Renewal on smaller terms', 'Seasonal business']
const endReasons = ['Merged with another company', 'Moved IT in-house', 'Ceased trading', 'Contract not renewed']

interface Story {
  readonly books: readonly Book[]
  readonly clock: StoryClock
  readonly chance: Chance
  readonly names: readonly string[]
  readonly end: number
}

/** When the story begins; the book is to be made then. */
export function storyStart(end: number): number {
  return atWork(end - (months * 30.4 + 2) * dayMs, createChance(1))
}

/** Plays the whole story; at the end all copies are the same and the clock stands at `end`. */
export async function playStory(books: readonly Book[], clock: StoryClock, end: number): Promise<void> {
  const chance = createChance(20_261_122)
  const story: Story = { books, clock, chance, names: inventNames(chance, firstImport + laterClients), end }
  exchange(books)
  await importFirst(story)
  for (let month = 0; month < months; month++) await playMonth(story, month)
  clock.now = atWork(end - 5 * dayMs, chance)
  await schedule(story)
  await misunderstand(story)
  await closeAMonth(story)
  clock.now = end
  await reportActivity(story)
  exchange(books)
}

async function importFirst({ books, chance, names, clock }: Story): Promise<void> {
  const [book] = books
  const rows: ImportRow[] = names.slice(0, firstImport).map((client, index) => ({
    row: index + 2,
    client,
    tier: chance.next() < 0.62 ? 'starter' : chance.next() < 0.75 ? 'professional' : 'enterprise',
    created: dateOf(clock.now - chance.below(2_200) * dayMs),
    externalRef: `NW-${1_000 + index}`,
    // Those that the books of account know have a number there too.
    ...(index % 3 === 0 ? { otherRefs: { Accounting: `D${20_400 + index}` } } : {}),
  }))
  if (book) await book.importClients(await book.planImport(rows, { source: 'clients.csv' }))
  exchange(books)
}

async function playMonth(story: Story, month: number): Promise<void> {
  const { books, chance, names, clock, end } = story
  const book = books[month % books.length]
  if (!book) return
  const start = end - (months - month) * 30.4 * dayMs
  const added = Math.floor(laterClients / months) + (month < laterClients % months ? 1 : 0)
  const first = firstImport + Math.floor(laterClients / months) * month + Math.min(month, laterClients % months)
  if (month === 15)
    await book.addTier({
      name: 'Co-managed',
      typicalUse: 'In-house IT with our tools and escalation',
      rank: 250,
      colour: 'teal',
    })
  for (let index = 0; index < added; index++) {
    clock.now = atWork(start + Math.floor((index / added) * 28 * dayMs), chance)
    await book.addClient({
      name: names[first + index] ?? `Client ${first + index}`,
      tier: chance.next() < 0.6 ? 'starter' : chance.next() < 0.8 ? 'professional' : 'enterprise',
      createdOn: dateOf(clock.now),
      externalRef: `NW-${1_000 + first + index}`,
      ...((first + index) % 4 === 0 ? { otherRefs: { RMM: `site-${first + index}` } } : {}),
      ...(chance.next() < 0.15 ? { note: 'Invoice to head office; contact the site manager before changes.' } : {}),
    })
    await moveSomebody(story, book, month)
  }
  clock.now = atWork(start + 29 * dayMs, chance)
  if (chance.next() < 0.7) {
    const client = chance.pick(book.clients({ status: 'active' }))
    await book.endClient({ client: client.id, reason: chance.pick(endReasons) })
  }
  if (chance.next() < 0.25) {
    const ended = book.clients({ status: 'ended' })
    if (ended.length > 0) await book.resumeClient({ client: chance.pick(ended).id, reason: 'Came back' })
  }
  exchange(books)
}

async function moveSomebody({ chance, clock }: Story, book: Book, month: number): Promise<void> {
  if (chance.next() < 0.15) return
  const client = chance.pick(book.clients({ status: 'active' }))
  const at = tierIds.indexOf(client.tier ?? '')
  const goesUp = at < 2 && chance.next() < 0.74
  const coManaged =
    month > 16 && chance.next() < 0.16 ? book.tiers().find(({ name }) => name === 'Co-managed')?.id : undefined
  const tier = coManaged ?? tierIds[Math.max(0, Math.min(2, at + (goesUp ? 1 : -1)))]
  if (!tier || tier === client.tier) return
  // Now and then somebody records late what was agreed a while ago.
  const agreedOn = chance.next() < 0.15 ? dateOf(clock.now - (3 + chance.below(20)) * dayMs) : undefined
  const change = {
    client: client.id,
    tier,
    reason: chance.pick(goesUp || coManaged ? upgradeReasons : downgradeReasons),
  }
  const made = await book.assignTier(
    agreedOn && agreedOn > client.createdOn ? { ...change, effectiveOn: agreedOn } : change,
  )
  if (made.ok && chance.next() < 0.04)
    await book.retract({ entry: made.value.entry, reason: 'Entered for the wrong client' })
}

/** Changes that are agreed and not in effect yet. */
async function schedule({ books, chance, clock }: Story): Promise<void> {
  const [, book] = books
  if (!book) return
  for (const client of spread(book.clients({ status: 'active' }), 16)) {
    clock.now += (2 + chance.below(9)) * 60_000
    const effectiveOn = dateOf(clock.now + (4 + chance.below(90)) * dayMs)
    if (chance.next() < 0.2) await book.endClient({ client: client.id, effectiveOn, reason: chance.pick(endReasons) })
    else
      await book.assignTier({
        client: client.id,
        tier: client.tier === 'enterprise' ? 'professional' : 'enterprise',
        effectiveOn,
        reason: 'Renewal',
      })
  }
  exchange(books)
}

/** Two colleagues change the same client without having seen each other: both entries stay, the client is contested. */
async function misunderstand({ books, clock }: Story): Promise<void> {
  const [dana, tomas] = books
  if (!dana || !tomas) return
  const clients = spread(dana.clients({ status: 'active', tier: 'starter' }), 3).slice(1)
  // One action ahead of his colleague, so that the same side holds in every copy of the sample: of equals the ids, which are drawn, would decide.
  const [first] = clients
  if (first) await tomas.editClient({ client: first.id, note: 'Has our offer for more sites since last week.' })
  for (const client of clients) {
    clock.now += 47 * 60_000
    await dana.assignTier({ client: client.id, tier: 'professional', reason: 'Agreed on the phone' })
    clock.now += 13 * 60_000
    await tomas.assignTier({ client: client.id, tier: 'enterprise', reason: 'Signed offer of last week' })
  }
  exchange(books)
}

/** Prices since the beginning, the last two months' usage, and the month before the last one sealed and then corrected. */
async function closeAMonth({ books, clock, end }: Story): Promise<void> {
  const [book] = books
  if (!book) return
  const [before, last, thisMonth] = [monthStart(end, -2), monthStart(end, -1), monthStart(end, 0)]
  const chance = createChance(7)
  const clientsSince = dateOf(storyStart(end) - 2_200 * dayMs)
  await setPrices(book, { from: clientsSince, risesOn: `${thisMonth.slice(0, 4)}-01-01` })
  await countUsage(book, chance, { from: before, to: last })
  await countUsage(book, chance, { from: last, to: thisMonth })
  clock.now += 31 * 60_000
  await sealMonth(book, { from: before, to: last })
  clock.now += 26 * 3_600_000
  await enterLate(book, `${before.slice(0, 8)}16`)
  exchange(books)
}

async function reportActivity({ books, chance, end }: Story): Promise<void> {
  const [book] = books
  if (!book) return
  const reports = book.clients({ status: 'active' }).flatMap((client) => {
    if (chance.next() < 0.07) return []
    const ago = chance.next() < 0.72 ? chance.below(9 * 24) / 24 : chance.below(160)
    return [{ client: client.id, at: Math.floor(end - ago * dayMs - chance.below(3_600_000)) }]
  })
  await book.recordActivity(reports)
}

function spread<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(list.length / count))
  return list.filter((_, index) => index % step === Math.floor(step / 2)).slice(0, count)
}

/** Some minute of office hours on the working day of `at`. */
function atWork(at: number, chance: Chance): number {
  const day = Math.floor(at / dayMs)
  const weekday = (day + 4) % 7 // day 0 of the epoch was a Thursday
  const workday = weekday === 0 ? day - 2 : weekday === 6 ? day - 1 : day
  return workday * dayMs + (8 * 60 + chance.below(9 * 60)) * 60_000 + chance.below(60_000)
}

/** First day of a month: 0 is the month of `at`. */
function monthStart(at: number, months: number): string {
  const date = new Date(at)
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)).toISOString().slice(0, 10)
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
