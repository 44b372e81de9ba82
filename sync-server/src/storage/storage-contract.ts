// What every storage must do: run by each implementation's test.
import { hashChainRow } from '@tierbook/core/protocol'
import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { chainStart, hashRow, hashUpdate } from './chain.ts'
import { type BookWrite, ConflictError, type LoadedBook, type NewUpdate, type ServerStorage } from './storage.ts'

/** Runs the contract on storages that `create` makes, each empty. */
export function storageContract(name: string, create: () => ServerStorage | Promise<ServerStorage>): void {
  const book = 'book000000000000000000'
  const other = 'other00000000000000000'
  const write = (
    options: Partial<BookWrite> & { seq: number; bytes?: number[]; actor?: string; actions?: string[] },
  ): BookWrite => ({
    book: options.book ?? book,
    expectedSeq: options.seq,
    updates: options.updates ?? [
      {
        bytes: Uint8Array.from(options.bytes ?? [1]),
        actor: options.actor ?? 'ada',
        device: 'laptop',
        receivedAt: 1000 + options.seq,
        actions: options.actions ?? [],
      },
    ],
    bindings: options.bindings ?? new Map(),
    largestN: options.largestN ?? 0,
  })
  const open = async () => {
    const storage = await create()
    await storage.registerBook({ book, actor: 'ada', now: 5 })
    return storage
  }
  const tail = async (storage: ServerStorage) =>
    ((await (await storage.load(book))?.readTail()) ?? []).map((bytes) => [...bytes])
  const bytesOf = async (loaded: LoadedBook | undefined) => [...Buffer.concat((await loaded?.snapshot?.read()) ?? [])]

  describe(`storage contract: ${name}`, () => {
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

    test('it knows the first writer, whether others wrote, and the largest counter', async () => {
      const storage = await open()
      await storage.commit([write({ seq: 0, largestN: 9 })])
      expect(await storage.book(book)).toMatchObject({ firstWriter: 'ada', isShared: false, largestN: 9 })
      await storage.commit([write({ seq: 1, actor: 'bob', largestN: 3 })])
      expect(await storage.book(book)).toMatchObject({ firstWriter: 'ada', isShared: true, largestN: 9 })
      await storage.close()
    })

    test('an actor that joins is new once, in each book', async () => {
      const storage = await open()
      await storage.registerBook({ book: other, actor: 'ada', now: 5 })
      expect(await storage.claimActor({ book, actor: 'ada', now: 6 })).toBe(true)
      expect(await storage.claimActor({ book, actor: 'ada', now: 7 })).toBe(false)
      expect(await storage.claimActor({ book: other, actor: 'ada', now: 8 })).toBe(true)
      expect(await storage.claimActor({ book: 'unknown000000000000000', actor: 'ada', now: 9 })).toBe(false)
      await storage.close()
    })

    test('of two who join under one id at the same time one is new', async () => {
      const storage = await open()
      const claims = await Promise.all([6, 7].map((now) => storage.claimActor({ book, actor: 'ada', now })))
      expect(claims.sort()).toEqual([false, true])
      await storage.close()
    })

    test('who wrote first, or has a client id bound, is known without having joined', async () => {
      const storage = await open()
      await storage.commit([write({ seq: 0, actor: 'ada', bindings: new Map([[7, 'bob']]) })])
      expect(await storage.claimActor({ book, actor: 'ada', now: 6 })).toBe(false)
      expect(await storage.claimActor({ book, actor: 'bob', now: 6 })).toBe(false)
      expect(await storage.claimActor({ book, actor: 'eve', now: 6 })).toBe(true)
      await storage.close()
    })

    test('people, their devices and roles are kept for each book; the greater role holds, and revoked stays revoked', async () => {
      const storage = await open()
      await storage.registerBook({ book: other, actor: 'ada', now: 5 })
      const laptop = { book, actor: 'ada', device: 'laptop' }
      await storage.access.admit({ ...laptop, name: 'Ada', deviceName: 'Work', role: 'owner', now: 10 })
      await storage.access.admit({ ...laptop, name: 'Ada L.', deviceName: null, role: 'viewer', now: 11 })
      await storage.access.noteSeen([
        { ...laptop, at: 20 },
        { ...laptop, device: 'phone', at: 21 },
        { ...laptop, at: 19 },
      ])
      const devices = [
        { device: 'laptop', name: 'Work', firstSeenAt: 10, lastSeenAt: 20, revokedAt: null },
        { device: 'phone', name: null, firstSeenAt: 21, lastSeenAt: 21, revokedAt: null },
      ]
      expect(await storage.access.members(book)).toEqual([
        { actor: 'ada', name: 'Ada L.', role: 'owner', joinedAt: 10, revokedAt: null, devices },
      ])
      expect(await storage.access.members(other)).toEqual([])
      expect(await storage.access.standing(laptop)).toEqual({ isRevoked: false, role: 'owner' })
      expect(await storage.access.standing({ ...laptop, book: other })).toEqual({ isRevoked: false, role: null })
      expect(await storage.access.revoke({ ...laptop, now: 30 })).toBe(true)
      expect(await storage.access.revoke({ ...laptop, now: 31 })).toBe(true)
      expect(await storage.access.standing(laptop)).toMatchObject({ isRevoked: true })
      expect(await storage.access.standing({ ...laptop, device: 'phone' })).toMatchObject({ isRevoked: false })
      expect(await storage.access.setRole({ book, actor: 'ada', role: 'editor' })).toBe(true)
      expect(await storage.access.setRole({ book, actor: 'bob', role: 'editor' })).toBe(false)
      expect(await storage.access.revoke({ book, actor: 'bob', now: 30 })).toBe(false)
      expect(await storage.access.revoke({ book, actor: 'ada', now: 32 })).toBe(true)
      expect(await storage.access.standing({ ...laptop, device: 'tablet' })).toEqual({
        isRevoked: true,
        role: 'editor',
      })
      expect((await storage.access.members(book))[0]).toMatchObject({ revokedAt: 32, devices: [{ revokedAt: 30 }, {}] })
      expect(await storage.claimActor({ book, actor: 'ada', now: 40 })).toBe(false)
      await storage.close()
    })

    test('an invite is used up by whoever redeems it first', async () => {
      const storage = await open()
      const { access } = storage
      expect(await access.redeemer('one')).toBeUndefined()
      expect(await access.redeem({ id: 'one', book, actor: 'ada', now: 1 })).toBe('ada')
      expect(await access.redeem({ id: 'one', book, actor: 'bob', now: 2 })).toBe('ada')
      expect(await access.redeemer('one')).toBe('ada')
      await storage.close()
    })

    test('[F29] a snapshot shortens the tail and leaves every update in place, and one that comes late changes nothing', async () => {
      const storage = await open()
      for (let seq = 0; seq < 4; seq++) await storage.commit([write({ seq, bytes: [seq] })])
      const outline = { stateVector: Uint8Array.from([1]), deletes: Uint8Array.from([2]) }
      await storage.saveSnapshot({ book, seq: 3, bytes: Uint8Array.from([99]), outline })
      await storage.saveSnapshot({ book, seq: 2, bytes: Uint8Array.from([98]), outline: null })
      const loaded = await storage.load(book)
      expect(loaded?.snapshot?.seq).toBe(3)
      expect(await bytesOf(loaded)).toEqual([99])
      expect(loaded?.snapshot?.outline).toEqual(outline)
      expect(await tail(storage)).toEqual([[3]])
      const raw = await storage.load(book, { raw: true })
      expect(raw?.snapshot).toBeNull()
      expect(await raw?.readTail()).toHaveLength(4)
      expect(await Array.fromAsync(storage.updates(book))).toHaveLength(4)
      await storage.close()
    })

    test('[F29] a snapshot of several MiB is read as it was stored, and stored anew in place of an older one', async () => {
      const storage = await open()
      for (let seq = 0; seq < 4; seq++) await storage.commit([write({ seq, bytes: [seq] })])
      const large = randomBytes(2_500_000)
      await storage.saveSnapshot({ book, seq: 2, bytes: large, outline: null })
      const older = await storage.load(book)
      expect(Buffer.concat((await older?.snapshot?.read()) ?? []).equals(large)).toBe(true)
      const packed = await older?.snapshot?.readPacked()
      expect([packed?.parts.length, packed?.length]).toEqual([3, large.length])
      expect(Buffer.concat((packed?.parts ?? []).map((part) => gunzipSync(part))).equals(large)).toBe(true)
      await storage.saveSnapshot({ book, seq: 3, bytes: Uint8Array.from([7]), outline: null })
      expect(await bytesOf(await storage.load(book))).toEqual([7])
      await storage.close()
    })

    test('[F29] updates whose bytes are given up keep their rows, and the snapshot that stands for them stays', async () => {
      const storage = await open()
      for (let seq = 0; seq < 4; seq++) await storage.commit([write({ seq, bytes: [seq, 9] })])
      const before = await Array.fromAsync(storage.updates(book))
      const outline = { stateVector: Uint8Array.from([1]), deletes: Uint8Array.from([2]) }
      expect(await storage.logStart(book)).toBeNull()
      expect(await storage.trim({ book, seq: 3, trimmedTo: 2 })).toBe(false)
      await storage.saveSnapshot({ book, seq: 3, bytes: Uint8Array.from([33]), outline })
      expect(await storage.trim({ book, seq: 2, trimmedTo: 2 })).toBe(false)
      expect(await storage.trim({ book, seq: 3, trimmedTo: 2 })).toBe(true)
      expect(await storage.trim({ book, seq: 3, trimmedTo: 1 })).toBe(false)
      await storage.saveSnapshot({ book, seq: 4, bytes: Uint8Array.from([44]), outline })

      const after = await Array.fromAsync(storage.updates(book))
      expect(after.map(({ bytes }) => [...bytes])).toEqual([[], [], [2, 9], [3, 9]])
      expect(after.map((row) => ({ ...row, bytes: null }))).toEqual(before.map((row) => ({ ...row, bytes: null })))
      const start = await storage.logStart(book)
      expect([start?.trimmedTo, start?.snapshot.seq, start?.snapshot.outline]).toEqual([2, 3, outline])
      expect(Buffer.concat((await start?.snapshot.read()) ?? [])).toEqual(Buffer.from([33]))
      const raw = await storage.load(book, { raw: true })
      expect([raw?.snapshot?.seq, await bytesOf(raw), await raw?.readTail()]).toEqual([3, [33], [Uint8Array.of(3, 9)]])
      expect(await bytesOf(await storage.load(book))).toEqual([44])

      expect(await storage.trim({ book, seq: 4, trimmedTo: 4 })).toBe(true)
      expect((await storage.logStart(book))?.snapshot.seq).toBe(4)
      expect((await Array.fromAsync(storage.updates(book))).every(({ bytes }) => bytes.length === 0)).toBe(true)
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

    test('a check passes on a working store, and closing twice is harmless', async () => {
      const storage = await open()
      await storage.check()
      await storage.close()
      await storage.close()
    })
  })
}
