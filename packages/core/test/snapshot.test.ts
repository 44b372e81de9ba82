// A projection that continues from a snapshot shows what a fresh one does, and a doubtful snapshot is as good as none.
import { expect, test, vi } from 'vitest'
import type { Book } from '../src/book.ts'
import { createBookProjection, createProjectionInSlices } from '../src/projection/book-projection.ts'
import { sealSnapshot } from '../src/projection/seal-snapshot.ts'
import { openSnapshot, type ProjectionSnapshot } from '../src/projection/snapshot.ts'
import { memory } from '../src/storage/memory.ts'
import { createId } from '../src/schema/ids.ts'
import { done, openForTest, testNoon } from '../src/testing/open-for-test.ts'

async function bookWithHistory(): Promise<Book> {
  const book = await openForTest({ create: { name: 'Book', timeZone: 'Europe/Berlin', currency: 'EUR' } })
  for (const [index, tier] of ['starter', 'professional', 'enterprise', 'starter'].entries())
    await done(book.addClient({ name: `Client ${index}`, tier, createdOn: '2026-01-01', externalRef: `C-${index}` }))
  const [first, second, third] = book.clients()
  if (!first || !second || !third) throw new Error('expected clients')
  const { entry } = await done(book.assignTier({ client: first.id, tier: 'enterprise', effectiveOn: '2026-11-25' }))
  await done(book.retract({ entry }))
  await done(book.assignTier({ client: second.id, tier: 'starter', effectiveOn: '2026-11-24' }))
  await done(book.endClient({ client: third.id, effectiveOn: '2026-12-01' }))
  await done(book.recordActivity([{ client: first.id, at: testNoon + 7_200_000 }]))
  return book
}

function snapshotOf(book: Book): ProjectionSnapshot {
  const snapshot = createBookProjection(book.doc, { now: () => testNoon }).toSnapshot()
  if (!snapshot) throw new Error('expected a snapshot')
  return snapshot
}

function rowsAt(book: Book, now: number, snapshot: ProjectionSnapshot | null) {
  const projection = createBookProjection(book.doc, { now: () => now, snapshot })
  return { continued: projection.continued, rows: projection.rows.query({}) }
}

test('[TL6] a continued projection shows the rows of its own day, whether the clock went on or back', async () => {
  const book = await bookWithHistory()
  const snapshot = openSnapshot(structuredClone(sealSnapshot(snapshotOf(book))))
  expect(snapshot).toEqual(snapshotOf(book))
  for (const days of [0, 1, 2, 3, 30, -1, -400]) {
    const now = testNoon + days * 86_400_000
    const continued = rowsAt(book, now, snapshot)
    expect(continued.continued).toBeGreaterThan(0)
    expect(continued.rows).toEqual(rowsAt(book, now, null).rows)
  }
  await book.close()
})

test('what came after a snapshot is read from the document', async () => {
  const book = await bookWithHistory()
  const snapshot = snapshotOf(book)
  const [first, second] = book.clients()
  await done(book.editClient({ client: first?.id ?? '', name: 'Renamed', note: 'by phone' }))
  await done(book.addClient({ name: 'Late', tier: 'starter' }))
  await done(book.addTier({ name: 'Platinum', rank: 40, colour: 'teal' }))
  await done(book.recordActivity([{ client: second?.id ?? '', at: testNoon - 60_000 }]))
  expect(rowsAt(book, testNoon, snapshot)).toEqual({
    continued: snapshot.actions.size,
    rows: rowsAt(book, testNoon, null).rows,
  })
  await book.close()
})

test('a projection made in slices shows what one made at once does, and is none where the document changed meanwhile', async () => {
  const book = await bookWithHistory()
  const now = () => testNoon
  // Long enough for pauses: every step of the clock is longer than a slice.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (elapsed += 100))
  let elapsed = 0
  for (const snapshot of [null, snapshotOf(book)]) {
    const sliced = await createProjectionInSlices(book.doc, { now, snapshot })
    expect(sliced?.rows.query({})).toEqual(rowsAt(book, testNoon, null).rows)
    expect(sliced?.continued).toBe(snapshot?.actions.size ?? 0)
  }
  const making = createProjectionInSlices(book.doc, { now, snapshot: snapshotOf(book) })
  await done(book.addClient({ name: 'From another tab', tier: 'starter' }))
  expect(await making).toBeNull()
  clock.mockRestore()
  await book.close()
})

test('a snapshot of another document, of a longer one or with one byte changed is not continued from', async () => {
  const [book, other] = [await bookWithHistory(), await bookWithHistory()]
  expect(rowsAt(other, testNoon, snapshotOf(book)).continued).toBe(0)
  const earlier = await openForTest()
  expect(rowsAt(earlier, testNoon, snapshotOf(book)).continued).toBe(0)

  const sealed = sealSnapshot(snapshotOf(book)) as Record<string, unknown>
  let damaged = 0
  for (const part of ['actions', 'entries', 'clients']) {
    for (const [name, column] of Object.entries(sealed[part] as Record<string, Uint8Array>)) {
      for (let at = 0; at < column.byteLength; at++) {
        const copy = structuredClone(sealed) as Record<string, Record<string, Uint8Array>>
        const bytes = new Uint8Array(copy[part]?.[name]?.buffer ?? new ArrayBuffer(0))
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
        expect(openSnapshot(copy)).toBeNull()
        damaged += 1
      }
    }
  }
  const json = String(sealed['json'])
  for (let at = 0; at < json.length; at++) {
    const changed = json.slice(0, at) + String.fromCharCode(json.charCodeAt(at) ^ 1) + json.slice(at + 1)
    expect(openSnapshot({ ...sealed, json: changed })).toBeNull()
    damaged += 1
  }
  expect(damaged).toBeGreaterThan(1_000)
  for (const odd of [null, undefined, 'text', {}, { ...sealed, version: '0' }, { ...sealed, sum: 1.5 }])
    expect(openSnapshot(odd)).toBeNull()
  for (const each of [book, other, earlier]) await each.close()
})

test('a book of some hundred actions is continued at its next opening, on whatever was stored', async () => {
  const [id, storage] = [createId(), memory()]
  const book = await openForTest({ id, storage })
  for (let index = 0; index < 300; index++) await done(book.addClient({ name: `Client ${index}`, tier: 'starter' }))
  const rows = book.clients()
  await book.close()

  const marks = new Map<string, unknown>()
  const read: string[] = []
  const watched = await openForTest({
    id,
    storage: {
      open: async (context) => {
        const handle = await storage.open(context)
        return {
          ...handle,
          marks: {
            ...handle.marks,
            async get(key) {
              const value = await handle.marks.get(key)
              if (value !== undefined) read.push(key)
              marks.set(key, value)
              return value
            },
          },
        }
      },
    },
  })
  expect(read).toContain('projection')
  expect(openSnapshot(marks.get('projection'))?.rows).toHaveLength(300)
  expect(watched.clients()).toEqual(rows)
  await done(watched.addClient({ name: 'One more', tier: 'starter' }))
  expect(watched.history(watched.clients({ search: 'one more' })[0]?.id ?? '')).toHaveLength(2)
  await watched.close()
})

test('an undone import is worked out with pauses at an opening, and not in one task', async () => {
  const book = await openForTest()
  const plan = await book.planImport(Array.from({ length: 1_200 }, (_, row) => ({ row, client: `Client ${row}` })))
  await done(book.importClients(plan))
  await done(book.undo())
  const snapshot = snapshotOf(book)
  const clients = book.doc.getMap('clients')
  const { get } = clients
  let [reads, stretches] = [0, [] as number[]]
  clients.get = (key) => {
    reads += 1
    return get.call(clients, key)
  }
  // Each pause that may be made is made.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    stretches = [...stretches, reads]
    reads = 0
    return stretches.length * 1_000
  })
  const projection = await createProjectionInSlices(book.doc, { now: () => testNoon, snapshot })
  clock.mockRestore()
  expect(projection?.continued).toBeGreaterThan(0)
  const all = stretches.reduce((sum, each) => sum + each, reads)
  expect(all).toBeGreaterThanOrEqual(1_200)
  expect(Math.max(...stretches, reads)).toBeLessThan(all / 2)
})
