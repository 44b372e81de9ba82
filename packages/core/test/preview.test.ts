// What is shown before the document is loaded is what the book showed last, or nothing.
import { expect, test } from 'vitest'
import { previewBook } from '../src/opening/preview-book.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import type { BookStorage } from '../src/storage/storage.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'

const dayMs = 86_400_000
const overview = 'overview'

async function storedBook() {
  const storage = memory()
  const id = createId()
  const author = authorNamed('Ada')
  const create = { name: 'Book', timeZone: 'Europe/Berlin', currency: 'EUR' }
  const open = () => openForTest({ id, storage, author, create })
  const book = await open()
  const rows = Array.from({ length: 600 }, (_, index) => ({
    row: index + 2,
    client: `Client ${(index * 7) % 600}`,
    tier: ['starter', 'professional', 'enterprise'][index % 3] ?? '',
    created: '2026-01-01',
    externalRef: `C-${index}`,
  }))
  await done(book.importClients(await book.planImport(rows)))
  return { storage, id, open, book }
}

test('a preview answers as the book did when it was closed, in every order', async () => {
  const { storage, id, book } = await storedBook()
  await done(book.addTier({ name: 'Platinum', rank: 40, colour: 'teal' }))
  await done(book.assignTier({ client: book.clients()[3]?.id ?? '', tier: book.tiers().at(-1)?.id ?? '' }))
  await book.close()
  const preview = await previewBook({ id, storage, now: () => testNoon })
  expect(preview?.clients()).toEqual(book.clients())
  for (const by of ['name', 'tier', 'lastActivity', 'createdOn'] as const)
    expect(preview?.clients({ sort: { by, descending: true } })).toEqual(
      book.clients({ sort: { by, descending: true } }),
    )
  expect(preview?.clients({ search: 'client 12' })).toEqual(book.clients({ search: 'client 12' }))
  expect(preview?.tiers()).toEqual(book.tiers())
  expect(preview?.settings()).toEqual(book.settings())
  expect(preview?.client(book.clients()[7]?.id ?? '')).toEqual(book.clients()[7])
})

test('what was written since takes the preview away at once, and closing stores it anew', async () => {
  const { storage, id, book, open } = await storedBook()
  await book.close()
  const again = await open()
  const client = again.clients()[0]?.id ?? ''
  expect(await storage.peek?.(id, overview)).toBeDefined()
  await done(again.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-02-01' }))
  await expect.poll(() => storage.peek?.(id, overview)).toBeUndefined()
  expect(await previewBook({ id, storage, now: () => testNoon })).toBeNull()
  await again.close()
  expect((await previewBook({ id, storage, now: () => testNoon }))?.client(client)?.tier).toBe('enterprise')
})

test('[TL6] a preview of another day is shown only where no row turned over, and never where the clock was set back', async () => {
  const { storage, id, book } = await storedBook()
  await done(book.assignTier({ client: book.clients()[0]?.id ?? '', tier: 'enterprise', effectiveOn: '2026-11-25' }))
  await book.close()
  const on = async (days: number) => previewBook({ id, storage, now: () => testNoon + days * dayMs })
  expect(await on(2)).not.toBeNull()
  expect(await on(3)).toBeNull()
  expect(await on(-1)).toBeNull()
})

test('a damaged overview, one of another version and none at all are nothing to show', async () => {
  const { storage, id, book } = await storedBook()
  await book.close()
  const stored = (await storage.peek?.(id, overview)) as { version: string; head: string; rows: string[]; sum: number }
  const holding = (value: unknown): BookStorage => ({ ...storage, peek: () => Promise.resolve(value) })
  for (const value of [
    undefined,
    'overview',
    { ...stored, version: '0' },
    { ...stored, rows: stored.rows.with(0, stored.rows[0]?.replace('starter', 'stARter') ?? '') },
    { ...stored, rows: stored.rows.toReversed() },
    { ...stored, head: stored.head.replace('EUR', 'USD') },
    { ...stored, sum: stored.sum + 1 },
    { rows: stored.rows },
  ])
    expect(await previewBook({ id, storage: holding(value), now: () => testNoon })).toBeNull()
  const broken = { ...storage, peek: () => Promise.reject(new Error('the disk is gone')) }
  expect(await previewBook({ id, storage: broken, now: () => testNoon })).toBeNull()
  expect(await previewBook({ id, storage: { open: storage.open }, now: () => testNoon })).toBeNull()
})
