// A book to close a month of: every client changed tier twelve times in the year, with prices, overrides, an uplift and two months of usage.
import { createId, memory, openBook, type BillingChange, type Book, type PriceFields } from '@tierbook/core'
import * as Y from 'yjs'
import { bookId, now, type Books } from './books.ts'

const tiers = ['starter', 'professional', 'enterprise'] as const
const changesAYear = 12
const mostInOneChange = 50_000
const everyTwentieth = 20

/** Played by commands, as an import of history and a year of prices would; `Books` without the naive layout. */
export async function createBilledBook(clients: number): Promise<Books> {
  const author = { id: createId(), name: 'Bench' }
  const create = { name: 'A billed book', timeZone: 'Europe/Berlin', currency: 'EUR' }
  const book = await openBook({ id: bookId, author, storage: memory(), now, create })
  await addClients(book, clients)
  const ids = book.clients().map(({ id }) => id)
  const changes = ids.flatMap(tierChangesOf)
  for (let from = 0; from < changes.length; from += mostInOneChange)
    await apply(book, { tierChanges: changes.slice(from, from + mostInOneChange) })
  await apply(book, { prices: pricesOf(ids), uplifts: [{ percent: '3.5', effectiveOn: '2026-07-01' }] })
  await apply(book, { usage: ids.flatMap(usageOf) })
  const ours = Y.encodeStateAsUpdate(book.doc)
  await book.close()
  const size = { clients, actions: 0, sessions: 1 }
  return { size, facts: { actors: [author], clients: [], sessions: [], actions: 0 }, ours, naive: new Uint8Array() }
}

async function addClients(book: Book, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({
    row: index + 2,
    client: `Client ${String(index).padStart(5, '0')}`,
    tier: 'starter',
    created: `2025-${two(1 + (index % 12))}-${two(1 + (index % 28))}`,
    externalRef: `C-${index}`,
  }))
  const imported = await book.importClients(await book.planImport(rows, { source: 'clients.csv' }))
  if (!imported.ok) throw new Error(imported.error.message)
}

function tierChangesOf(client: string, index: number): NonNullable<BillingChange['tierChanges']>[number][] {
  return Array.from({ length: changesAYear }, (_, month) => ({
    client,
    to: { tier: tiers[(index + month) % tiers.length] ?? 'starter' },
    effectiveOn: `2026-${two(month + 1)}-${two(1 + ((index * 7 + month * 3) % 28))}`,
  }))
}

function pricesOf(clients: readonly string[]): PriceFields[] {
  return [
    ...tiers.map((tier, index) => tierPrice(tier, 10_000 * (index + 1))),
    ...clients
      .filter((_, index) => index % everyTwentieth === 0)
      .map((client) => ({ ...tierPrice('starter', 8_000), client })),
    {
      ...tierPrice('starter', 0),
      item: { kind: 'usage', unit: 'stacks' },
      model: { type: 'perUnit', rate: '150', included: 5 },
    },
  ]
}

function usageOf(client: string, index: number): NonNullable<BillingChange['usage']>[number][] {
  return [
    { from: '2026-09-01', to: '2026-10-01' },
    { from: '2026-10-01', to: '2026-11-01' },
  ].map((range) => ({ client, unit: 'stacks', ...range, quantity: String(index % 40) }))
}

function tierPrice(tier: string, amount: number): PriceFields {
  return {
    item: { kind: 'tier', tier },
    effectiveOn: '2025-01-01',
    currency: 'EUR',
    interval: 'month',
    timing: 'arrears',
    cycle: 'calendar',
    model: { type: 'flat', amount },
  }
}

async function apply(book: Book, change: BillingChange): Promise<void> {
  const applied = await book.applyBilling(change)
  if (!applied.ok) throw new Error(applied.error.message)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
