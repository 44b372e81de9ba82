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
  expect(rows.filter(({ contested }) => contested).length).toBeGreaterThan(0)
  expect(rows.filter(({ scheduled }) => scheduled !== null).length).toBeGreaterThan(8)
  expect(rows.filter(({ status }) => status === 'ended').length).toBeGreaterThan(3)
  const changes = book.changes()
  const first = changes.at(changes.length - 1)
  expect(end - (first?.at ?? end)).toBeGreaterThan(700 * 86_400_000)
  expect(new Set(changes.slice(0, changes.length).map(({ byName }) => byName)).size).toBe(3)
  for (const other of others) expect(other.clients()).toEqual(rows)
  await Promise.all(books.map((open) => open.close()))
})
