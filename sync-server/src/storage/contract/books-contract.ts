// Books: what is registered and what is known of each.
import { expect, test } from 'vitest'
import type { ServerStorage } from '../storage.ts'
import { book, other, write, tail } from './sample-writes.ts'

/** `open` gives a storage with one book. */
export function booksContract(open: () => Promise<ServerStorage>): void {
  test('an unknown book is undefined, a registered one is empty', async () => {
    const storage = await open()
    expect(await storage.book(other)).toBeUndefined()
    expect(await storage.load(other)).toBeUndefined()
    expect(await storage.book(book)).toMatchObject({
      book,
      createdAt: 5,
      createdBy: 'ada',
      generation: 5,
      seq: 0,
      largestN: 0,
      firstWriter: null,
      isShared: false,
    })
    expect(await tail(storage)).toEqual([])
    await storage.close()
  })

  test('registering a book again changes nothing', async () => {
    const storage = await open()
    await storage.commit([write({ seq: 0 })])
    expect(await storage.registerBook({ book, actor: 'eve', now: 9 })).toMatchObject({ createdBy: 'ada', seq: 1 })
    expect(await Array.fromAsync(storage.books())).toHaveLength(1)
    await storage.close()
  })

  test('all books come by id, also more of them than one read brings', async () => {
    const storage = await open()
    const ids = Array.from({ length: 1_100 }, (_, n) => `many${String((n * 7) % 1_100).padStart(18, '0')}`)
    for (const id of ids) await storage.registerBook({ book: id, actor: 'bob', now: 6 })
    const found = (await Array.fromAsync(storage.books())).map((record) => record.book)
    expect(found).toEqual([book, ...ids].sort())
    await storage.close()
  })

  test('some of the books are found without reading them all', async () => {
    const storage = await open()
    expect(await storage.someBooks(2)).toEqual([book])
    await storage.registerBook({ book: other, actor: 'bob', now: 6 })
    expect([...(await storage.someBooks(2))].sort()).toEqual([book, other].sort())
    expect(await storage.someBooks(1)).toHaveLength(1)
    await storage.close()
  })

  test('it knows the first writer, whether others wrote, and the largest counter', async () => {
    const storage = await open()
    await storage.commit([write({ seq: 0, largestN: 9 })])
    expect(await storage.book(book)).toMatchObject({ firstWriter: 'ada', isShared: false, largestN: 9 })
    await storage.commit([write({ seq: 1, actor: 'bob', largestN: 3 })])
    expect(await storage.book(book)).toMatchObject({ firstWriter: 'ada', isShared: true, largestN: 9 })
    await storage.close()
  })

  test('a check passes on a working store, and closing twice is harmless', async () => {
    const storage = await open()
    await storage.check()
    await storage.close()
    await storage.close()
  })
}
