import { invoiceRun, presets, sealRun } from '@tierbook/billing'
import { createId, memory, openBook, type PriceFields } from '@tierbook/core'
import { expect, test } from 'vitest'
import { createBookCopy } from './book-copy.ts'
import { createBookFeed } from './book-feed.ts'

const october = { from: '2026-10-01', to: '2026-11-01' }
const starter: PriceFields = {
  item: { kind: 'tier', tier: 'starter' },
  effectiveOn: '2026-01-01',
  currency: 'EUR',
  interval: 'month',
  timing: 'arrears',
  cycle: 'calendar',
  model: { type: 'flat', amount: 10_000 },
}

test('[BL3] the worker’s copy makes the same run as the book after each change, and only differences are sent', async () => {
  const book = await openBook({
    id: createId(),
    author: { id: createId(), name: 'Ada' },
    storage: memory(),
    now: () => Date.UTC(2026, 10, 14, 12),
    create: { name: 'Northwind', timeZone: 'Europe/Berlin', currency: 'EUR' },
  })
  const copy = createBookCopy()
  const sent: string[] = []
  const feed = createBookFeed(book, (part) => {
    sent.push(
      'list' in part ? `${part.list} +${part.items.length}` : 'ids' in part ? `${part.ids.length} clients` : part.kind,
    )
    copy.take(structuredClone(part))
  })
  async function expectInStep(...parts: readonly string[]): Promise<void> {
    await feed.bring()
    expect(sent.splice(0)).toEqual(parts)
    const { period: _, sealed, ...input } = book.billingInput(october)
    const { sealed: copied = [], ...rest } = copy.input()
    const withoutPrefix = copied.map((run) => ({ ...run, prefix: undefined }))
    expect(withoutPrefix).toEqual(sealed) // `toEqual` takes undefined for missing
    expect(sorted(rest)).toEqual(sorted(input))
    expect(runOf(copy.input())).toEqual(runOf(book.billingInput(october)))
  }
  await expectInStep('nothing', 'book')

  const clients: string[] = []
  for (let index = 0; index < 250; index++)
    clients.push((await done(book.addClient({ name: `Client ${index}`, tier: 'starter', createdOn: '2026-01-01' }))).id)
  const [first = '', second = ''] = clients
  await expectInStep('100 clients', '100 clients', '50 clients')

  const { entry } = await done(book.setPrice(starter))
  await expectInStep('prices +1')
  await done(book.setPrice({ ...starter, client: first, currency: 'USD' }))
  await expectInStep('prices +1')
  expect(runOf(copy.input()).invoices.find(({ client }) => client === first)?.currency).toBe('USD')
  await done(book.assignTier({ client: second, tier: 'enterprise', effectiveOn: '2026-10-11' }))
  await expectInStep('1 clients')
  await done(book.recordUsage([{ client: first, unit: 'stacks', from: '2026-10-01', to: '2026-11-01', quantity: '7' }]))
  await expectInStep('usage +1')

  const run = runOf(book.billingInput(october))
  await done(book.sealRun({ sealed: sealRun(run, { prefix: 'N-' }), prefix: 'N-' }))
  await expectInStep('sealed +3')
  expect(copy.sealOf(october)?.prefix).toBe('N-')

  // Taken back in the middle of a list: what stood behind it is sent again, and its owner's currency looked at anew;
  // the change names the price as well, of which no client has the id.
  await done(book.retract({ entry }))
  await expectInStep('prices +1', '1 clients')
  await done(book.editBook({ currency: 'CHF' }))
  await expectInStep('book')
  await expectInStep()
  feed.close()
  await book.close()
})

function runOf(input: Omit<Parameters<typeof invoiceRun>[0], 'policy' | 'period'>) {
  const made = invoiceRun({ ...input, period: october, policy: presets.standard })
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}

/** Clients and their periods come in the order in which they changed, which makes no difference. */
function sorted(input: { readonly clients: readonly object[]; readonly periods: readonly object[] }) {
  const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
  return { ...input, clients: [...input.clients].sort(byText), periods: [...input.periods].sort(byText) }
}

async function done<T>(
  command: Promise<{ ok: true; value: T } | { ok: false; error: { message: string } }>,
): Promise<T> {
  const result = await command
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
