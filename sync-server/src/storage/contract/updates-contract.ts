// Updates: what is stored comes back in order, chained, and only for who built on what was there.
import { hashChainRow } from '@tierbook/core/protocol'
import { expect, test } from 'vitest'
import { chainStart, hashRow, hashUpdate } from '../chain.ts'
import { ConflictError, type NewUpdate, type ServerStorage } from '../storage.ts'
import { book, other, write, tail } from './sample-writes.ts'

/** `open` gives a storage with one book. */
export function updatesContract(open: () => Promise<ServerStorage>): void {
  test('updates come back in order, with who wrote and when', async () => {
    const storage = await open()
    await storage.commit([write({ seq: 0, bytes: [1, 2] })])
    await storage.commit([write({ seq: 1, bytes: [3], actor: 'bob' })])
    expect(await tail(storage)).toEqual([[1, 2], [3]])
    const rows = await Array.fromAsync(storage.updates(book))
    expect(rows.map(({ seq, actor, device, receivedAt }) => [seq, actor, device, receivedAt])).toEqual([
      [1, 'ada', 'laptop', 1000],
      [2, 'bob', 'laptop', 1001],
    ])
    expect(await Array.fromAsync(storage.updates(book, { from: 2 }))).toHaveLength(1)
    expect((await Array.fromAsync(storage.updates(book, { from: 1, to: 1 }))).map(({ seq }) => seq)).toEqual([1])
    await storage.close()
  })

  test('[F25] several readers at once, each waiting between two rows, read every row, and of more rows than one page has', async () => {
    const storage = await open()
    const count = 1_100
    for (const which of [book, other]) {
      const updates = Array.from({ length: count }, (_, n) => ({
        ...(write({ seq: 0, actions: [`a.${n}`] }).updates[0] as NewUpdate),
      }))
      if (which === other) await storage.registerBook({ book: other, actor: 'bob', now: 6 })
      await storage.commit([{ ...write({ book: which, seq: 0 }), updates }])
    }
    const whole = Array.from({ length: count }, (_, n) => n + 1)
    const readers = [book, other, book].flatMap((which) => [
      storage.updates(which),
      storage.chain(which, { after: 0 }),
      storage.receipts(which, { after: 0 }),
    ])
    const read = readers.map((rows) => ({ rows: rows[Symbol.asyncIterator](), seqs: [] as number[] }))
    for (let left = read; left.length > 0;) {
      const going: typeof left = []
      for (const reader of left) {
        const next = await (reader.rows as AsyncIterator<{ readonly seq: number }, void>).next()
        if (next.done) continue
        reader.seqs.push(next.value.seq)
        going.push(reader)
      }
      left = going
    }
    for (const { seqs } of read) expect(seqs).toEqual(whole)
    await storage.close()
  })

  test('[TL5] receipts name the actions of each update that brought some, behind a position', async () => {
    const storage = await open()
    await storage.commit([write({ seq: 0, actions: ['a.0', 'a.1'] })])
    await storage.commit([write({ seq: 1 })])
    await storage.commit([write({ seq: 2, actions: ['b.0'] })])
    const first = { seq: 1, receivedAt: 1000, actions: ['a.0', 'a.1'] }
    const third = { seq: 3, receivedAt: 1002, actions: ['b.0'] }
    expect(await Array.fromAsync(storage.receipts(book, { after: 0 }))).toEqual([first, third])
    expect(await Array.fromAsync(storage.receipts(book, { after: 1 }))).toEqual([third])
    expect(await Array.fromAsync(storage.receipts(book, { after: 3 }))).toEqual([])
    expect(await Array.fromAsync(storage.receipts(other, { after: 0 }))).toEqual([])
    await storage.close()
  })

  test('rows are chained by hashes up to the head', async () => {
    const storage = await open()
    for (let seq = 0; seq < 3; seq++) await storage.commit([write({ seq, bytes: [seq] })])
    let head = chainStart
    for await (const update of storage.updates(book)) {
      expect([...update.previousHash]).toEqual([...head])
      expect([...update.updateHash]).toEqual([...hashUpdate(update.bytes)])
      head = hashRow({
        previousHash: update.previousHash,
        updateHash: update.updateHash,
        book,
        seq: update.seq,
        update,
      })
    }
    expect([...((await storage.book(book))?.head ?? [])]).toEqual([...head])
    await storage.close()
  })

  test('[SY5] the hash of any row can be asked for, and the rows behind it without their bytes', async () => {
    const storage = await open()
    for (let seq = 0; seq < 3; seq++) await storage.commit([write({ seq, bytes: [seq] })])
    const heads = await Promise.all([0, 1, 2, 3, 4].map((seq) => storage.headAt(book, seq)))
    expect(heads.map((head) => head?.length)).toEqual([32, 32, 32, 32, undefined])
    expect(heads[3]).toEqual((await storage.book(book))?.head)
    expect([...(heads[0] ?? [])]).toEqual([...chainStart])
    let head = heads[1] as Uint8Array
    for await (const row of storage.chain(book, { after: 1 })) {
      head = hashRow({ ...row, previousHash: head, book, update: row })
      expect([...head]).toEqual([...hashChainRow(heads[row.seq - 1] as Uint8Array, book, row.seq, row)])
    }
    expect([...head]).toEqual([...(heads[3] ?? [])])
    expect(await storage.headAt(other, 0)).toBeUndefined()
    await storage.close()
  })

  test('a commit of several books is whole or nothing', async () => {
    const storage = await open()
    await storage.registerBook({ book: other, actor: 'ada', now: 5 })
    const stale = storage.commit([write({ seq: 0 }), write({ book: other, seq: 7 })])
    const conflict = await stale.catch((error: unknown) => error)
    expect(conflict).toBeInstanceOf(ConflictError)
    expect((conflict as ConflictError).books).toEqual([other])
    expect(await storage.book(book)).toMatchObject({ seq: 0 })
    await storage.commit([write({ seq: 0 }), write({ book: other, seq: 0 })])
    expect((await Array.fromAsync(storage.books())).map(({ seq }) => seq)).toEqual([1, 1])
    await storage.close()
  })

  test('who built on an older state is told so', async () => {
    const storage = await open()
    await storage.commit([write({ seq: 0 })])
    await expect(storage.commit([write({ seq: 0 })])).rejects.toBeInstanceOf(ConflictError)
    await expect(storage.commit([write({ seq: 2 })])).rejects.toBeInstanceOf(ConflictError)
    expect(await tail(storage)).toEqual([[1]])
    await storage.close()
  })

  test('[SY1] of many who build on the same state at once one is stored, and the chain has no gap', async () => {
    const storage = await open()
    for (let seq = 0; seq < 5; seq++) {
      const attempts = Array.from({ length: 8 }, (_, i) =>
        storage.commit([write({ seq, bytes: [seq, i] })]).then(
          () => 'stored',
          (error: unknown) => (error instanceof ConflictError ? 'conflict' : error),
        ),
      )
      expect((await Promise.all(attempts)).sort()).toEqual([...Array<string>(7).fill('conflict'), 'stored'])
    }
    expect((await Array.fromAsync(storage.updates(book))).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
    await storage.close()
  })

  test('[AD3] a client id is bound once, large ids too; who binds one again stores nothing', async () => {
    const storage = await open()
    const large = 2 ** 53 - 1
    await storage.commit([write({ seq: 0, bindings: new Map([[large, 'ada']]) })])
    const both = new Map([
      [large, 'eve'],
      [7, 'eve'],
    ])
    await expect(storage.commit([write({ seq: 1, bindings: both })])).rejects.toBeInstanceOf(ConflictError)
    const again = write({ seq: 1, updates: [], bindings: new Map([[large, 'ada']]) })
    await expect(storage.commit([again])).rejects.toBeInstanceOf(ConflictError)
    expect(await storage.book(book)).toMatchObject({ seq: 1 })
    await storage.commit([write({ seq: 1, updates: [], bindings: new Map([[8, 'eve']]) })])
    expect((await storage.load(book))?.bindings).toEqual(
      new Map([
        [large, 'ada'],
        [8, 'eve'],
      ]),
    )
    await storage.close()
  })

  test('an update that comes without bytes keeps the hash that it had', async () => {
    const storage = await open()
    const updateHash = Uint8Array.from(hashUpdate(Uint8Array.of(1, 2, 3)))
    const update = { bytes: new Uint8Array(), updateHash, actor: 'ada', device: 'd', receivedAt: 1, actions: [] }
    await storage.commit([write({ seq: 0, updates: [update] })])
    expect((await Array.fromAsync(storage.updates(book)))[0]?.updateHash).toEqual(updateHash)
    await storage.close()
  })
}
