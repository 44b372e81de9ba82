import { createId, memory, openBook } from '@tierbook/core'
import { expect, test, vi } from 'vitest'
import { changesToJsonLines } from './export-changes.ts'
import { ChangeSearch } from './search-changes.svelte.ts'

const names = { tier: () => null, client: () => undefined }

async function bookWith(count: number) {
  const book = await openBook({
    id: createId(),
    author: { id: createId(), name: 'Ada' },
    storage: memory(),
    now: () => Date.UTC(2026, 10, 22, 12),
    create: { name: 'Northwind', timeZone: 'UTC', currency: 'EUR' },
  })
  for (let index = 0; index < count; index++) await book.addClient({ name: `Client ${index}`, tier: 'starter' })
  return book
}

test('a search finds every word anywhere in an entry, slice by slice, also in a long log', async () => {
  const book = await bookWith(700)
  const client = book.clients({ search: 'Client 3' })[0]?.id ?? ''
  await book.assignTier({ client, tier: 'enterprise', reason: 'Second site in Lyon' })
  const list = book.changes()
  const search = new ChangeSearch(names)
  const waiting: (() => void)[] = []
  // Two looks at the clock, and a slice's time is over.
  let ms = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (ms += 4))
  search.start(list, '  LYON assigned ', (work) => {
    waiting.push(work)
    return () => {}
  })
  let slices = 1
  for (; waiting.length > 0; slices++) {
    expect(search.isDone(list)).toBe(false)
    waiting.shift()?.()
  }
  clock.mockRestore()
  expect(slices).toBe(Math.ceil(list.length / 100))
  expect(search.isDone(list)).toBe(true)
  const found = search.matches(list)
  expect(found.length).toBe(1)
  expect(found.at(0)).toMatchObject({ kind: 'tier.assigned', reason: 'Second site in Lyon' })
  expect(found.slice(0, 5)).toHaveLength(1)
  await book.close()
})

test('of a list that the search has not come to nothing is found yet, and no place of the one before is asked for', async () => {
  const book = await bookWith(3)
  const search = new ChangeSearch(names)
  const later = () => () => {}
  const all = book.changes()
  search.start(all, 'client', later)
  expect(search.matches(all).length).toBeGreaterThan(3)
  const fewer = book.changes({ kind: 'book.created' })
  expect([search.matches(fewer).length, search.matches(fewer).at(0), search.isDone(fewer)]).toEqual([
    0,
    undefined,
    false,
  ])
  search.start(fewer, 'client', later)
  expect([search.matches(fewer).length, search.isDone(fewer)]).toEqual([0, true])
  await book.close()
})

test('the export has one entry a line, with keys in one order', async () => {
  const book = await bookWith(2)
  const lines = changesToJsonLines(book.changes()).trimEnd().split('\n')
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(entries).toHaveLength(book.changes().length)
  for (const entry of entries) expect(Object.keys(entry)).toEqual(Object.keys(entry).sort())
  expect(entries.at(-1)).toMatchObject({ kind: 'book.created', byName: 'Ada', recordedAt: '2026-11-22T12:00:00.000Z' })
  await book.close()
})
