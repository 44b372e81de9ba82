import { checkSeals, invoiceRun, presets } from '@tierbook/billing'
import { createId } from '@tierbook/core'
import { expect, test } from 'vitest'
import { exchange, openReplicas } from './replicas.ts'
import { playStory, storyStart } from './story.ts'

test('the sample has 300 clients, two years of history, scheduled and contested changes, the same on every copy', async () => {
  const end = Date.UTC(2026, 10, 22, 12)
  const clock = { now: storyStart(end) }
  const books = await openReplicas(createId(), { name: 'Sample', timeZone: 'UTC', currency: 'EUR' }, clock)
  await playStory(books, clock, end)
  exchange(books)
  const [book, ...others] = books
  if (!book) throw new Error('no book')
  const rows = book.clients()
  expect(rows).toHaveLength(300)
  expect(rows.filter(({ contested }) => contested).map(({ tier }) => tier)).toEqual(['enterprise', 'enterprise'])
  expect(rows.filter(({ scheduled }) => scheduled !== null).length).toBeGreaterThan(8)
  expect(rows.filter(({ status }) => status === 'ended').length).toBeGreaterThan(3)
  const systems = rows.flatMap(({ otherRefs }) => (otherRefs ?? []).map(({ system }) => system))
  expect([...new Set(systems)].sort()).toEqual(['Accounting', 'RMM'])
  const changes = book.changes()
  const first = changes.at(changes.length - 1)
  expect(end - (first?.at ?? end)).toBeGreaterThan(700 * 86_400_000)
  expect(new Set(changes.slice(0, changes.length).map(({ byName }) => byName)).size).toBe(3)
  const [seal] = book.seals()
  expect(seal).toMatchObject({ state: 'sealed', from: '2026-09-01', to: '2026-10-01' })
  expect(seal?.invoices.length).toBeGreaterThan(200)
  const input = { ...book.billingInput({ from: '2026-10-01', to: '2026-11-01' }), policy: presets.standard }
  const october = invoiceRun(input)
  expect(october.ok && october.value.notBillable).toEqual([])
  const origins = october.ok
    ? october.value.invoices.flatMap(({ lines }) => lines.map(({ origin, kind }) => `${origin} ${kind}`))
    : []
  expect([...new Set(origins)].sort()).toEqual([
    'adjustment adjustment',
    'book usage',
    'bundle recurring',
    'client recurring',
    'tier recurring',
    'tier setup',
  ])
  const states = checkSeals(input)
  expect(states.ok && states.value[0]?.differences).toHaveLength(1)
  for (const other of others) expect(other.clients()).toEqual(rows)
  await Promise.all(books.map((open) => open.close()))
})
