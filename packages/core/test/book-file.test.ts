import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { closeCode } from '../src/protocol.ts'
import { readBookFile, writeBookFile } from '../src/file.ts'
import { type Admit, createHub } from '../src/testing/hub.ts'
import { authorNamed, delivering, done, openForTest } from '../src/testing/open-for-test.ts'

const create = { name: 'Northwind', timeZone: 'Europe/Berlin', currency: 'EUR' }

const ben = authorNamed('Ben')
const onlyOwn: Admit = (update, hub) => {
  const before = hub.getArray<string>('log').length
  const after = new Y.Doc()
  for (const bytes of [Y.encodeStateAsUpdate(hub), update]) Y.applyUpdate(after, bytes)
  const foreign = after
    .getArray<string>('log')
    .toArray()
    .slice(before)
    .some((text) => !text.includes(ben.id))
  return foreign ? { closeCode: closeCode.refused, reason: 'forged-author: made by somebody else' } : null
}

async function bookWithChanges() {
  const book = await openForTest({ create })
  const acme = await done(book.addClient({ name: 'Acme', tier: 'starter', note: 'first note' }))
  // Overwritten fields leave collected structs behind, which a copy has to carry.
  for (const name of ['Acme Ltd', 'Acme Dental']) await done(book.editClient({ client: acme.id, name }))
  await done(book.assignTier({ client: acme.id, tier: 'enterprise', reason: 'renewal' }))
  return { book, acme: acme.id }
}

async function fileOf(book: Parameters<typeof writeBookFile>[0]) {
  return done(readBookFile(await writeBookFile(book, { now: () => Date.UTC(2026, 10, 23) })))
}

test('a book comes back whole from its file, on a device that never had it', async () => {
  const { book } = await bookWithChanges()
  const file = await fileOf(book)
  expect(file).toMatchObject({ book: book.id, name: 'Northwind', savedAt: Date.UTC(2026, 10, 23), actions: 5 })
  const other = await openForTest({ id: file.book, author: authorNamed('Ben') })
  expect(await done(other.mergeCopy(file.copy))).toEqual({ brought: 5, setAside: 0 })
  expect(other.settings()).toEqual(book.settings())
  expect(other.clients()).toEqual(book.clients())
  expect(other.changes().slice(0, 50)).toEqual(book.changes().slice(0, 50))
  await other.close()
})

test('[LG6] files go back and forth: what both have counts once, and both end with the same book', async () => {
  const { book, acme } = await bookWithChanges()
  const other = await openForTest({ id: book.id, author: authorNamed('Ben') })
  await done(other.mergeCopy((await fileOf(book)).copy))
  await done(other.assignTier({ client: acme, tier: 'professional', effectiveOn: '2027-01-01' }))
  await done(book.addClient({ name: 'Zenith' }))

  expect((await done(book.mergeCopy((await fileOf(other)).copy))).brought).toBe(1)
  expect((await done(other.mergeCopy((await fileOf(book)).copy))).brought).toBe(1)
  expect(book.clients()).toEqual(other.clients())
  expect(book.doc.getArray('log').length).toBe(7)
  expect(other.doc.getArray('log').length).toBe(7)
  expect(await done(book.mergeCopy((await fileOf(other)).copy))).toEqual({ brought: 0, setAside: 0 })
  await other.close()
})

test('with a server: own changes of the file reach it, others’ that it lacks are set aside and stay', async () => {
  // As a server does, it takes from Ben what Ben wrote.
  const hub = createHub({ admit: onlyOwn })
  const { book } = await bookWithChanges()
  const alone = await openForTest({ id: book.id, author: ben })
  await done(alone.mergeCopy((await fileOf(book)).copy))
  await done(alone.addClient({ name: 'Made offline' }))
  const file = await fileOf(alone)
  await alone.close()

  const shared = await openForTest({ id: book.id, author: ben, sync: hub.link().sync })
  hub.deliverAll()
  const merged = await delivering(hub, shared.mergeCopy(file.copy))
  expect(merged).toEqual({ brought: 1, setAside: 5 })
  expect(shared.clients().map(({ name }) => name)).toContain('Made offline')
  const again = await delivering(hub, shared.mergeCopy(file.copy))
  expect(again).toEqual({ brought: 0, setAside: 0 })
  const kept = (await shared.setAside()).flatMap(({ texts }) => texts ?? [])
  expect(kept).toHaveLength(merged.setAside)
})

test('a viewer brings nothing in, and a book of another id is another book', async () => {
  const { book } = await bookWithChanges()
  const file = await fileOf(book)
  const viewer = await openForTest({ id: book.id, readOnly: true })
  expect(await viewer.mergeCopy(file.copy)).toMatchObject({ ok: false, error: { code: 'read-only' } })
})

test('[F3] every changed byte of a book file is refused by name, but for those of gzip that say nothing of the book', async () => {
  const book = await openForTest({ create })
  await done(book.addClient({ name: 'Acme', tier: 'starter' }))
  const file = await writeBookFile(book)
  const whole = await done(readBookFile(file))
  const taken = new Set<number>()
  for (let at = 0; at < file.length; at++) {
    // One bit of each byte, and of gzip's own bytes and the last ones of the packed text every one.
    const bits = at < headBytes || at >= file.length - tailBytes - 1 ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]
    for (const bit of bits) {
      const changed = file.slice()
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      const read = await readBookFile(changed)
      if (read.ok) expect(read.value, `byte ${at}, bit ${bit}`).toEqual(whole)
      else expect(read.error.code).toBe(at < 2 ? 'not-a-book-file' : 'damaged-book-file')
      if (read.ok) taken.add(at)
    }
  }
  // The hint that it is text, the time, the effort and the system; and the bits that fill the last byte of the packed text up.
  const idle = [3, 4, 5, 6, 7, 8, 9, file.length - tailBytes - 1]
  expect([...taken].filter((at) => !idle.includes(at))).toEqual([])
  expect([...taken]).toEqual(expect.arrayContaining([4, 5, 6, 7, 8, 9]))
})

/** Of gzip: what is before the packed text, and the checksum and length behind it (RFC 1952). */
const headBytes = 10
const tailBytes = 8

test('no cut of a book file is taken for a whole one, and nothing may stand behind it', async () => {
  const { book } = await bookWithChanges()
  const file = await writeBookFile(book)
  for (let length = 0; length < file.length; length += 7)
    expect((await readBookFile(file.subarray(0, length))).ok, `cut to ${length} bytes`).toBe(false)
  expect((await readBookFile(Buffer.concat([file, Buffer.of(0)]))).ok).toBe(false)
})

test('what is no book file, a newer one, and a copy that is no book say what was expected and change nothing', async () => {
  const repack = async (change: (header: Record<string, unknown>) => unknown) => {
    const book = await openForTest({ create })
    const bytes = gunzipSync(await writeBookFile(book))
    const end = bytes.indexOf(0x0a)
    const header = change(JSON.parse(bytes.subarray(0, end).toString()) as Record<string, unknown>)
    return gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), bytes.subarray(end + 1)]))
  }
  const codeOf = async (file: Uint8Array) => {
    const read = await readBookFile(file)
    return read.ok ? 'ok' : read.error.code
  }
  expect(await codeOf(new TextEncoder().encode('Client name;Plan'))).toBe('not-a-book-file')
  expect(await codeOf(new Uint8Array())).toBe('not-a-book-file')
  expect(await codeOf(gzipSync('{"format":"something else"}\n'))).toBe('not-a-book-file')
  expect(await codeOf(await repack((header) => ({ ...header, version: 2 })))).toBe('newer-book-file')
  expect(await codeOf(await repack((header) => ({ ...header, book: 'nonsense' })))).toBe('damaged-book-file')
  expect(await codeOf(await repack((header) => header))).toBe('ok')

  const { book } = await bookWithChanges()
  const before = book.changes().slice(0, 50)
  for (const copy of [new Uint8Array(), new Uint8Array([1, 2, 3]), (await fileOf(book)).copy.slice(0, -5)]) {
    expect(await book.mergeCopy(copy)).toMatchObject({ ok: false, error: { code: 'damaged-copy' } })
  }
  expect(book.changes().slice(0, 50)).toEqual(before)
})

test('a file that unpacks to more than a book may be is refused before it fills the memory', async () => {
  const bomb = gzipSync(Buffer.alloc(2 ** 21))
  const refused = await readBookFile(bomb, { mostBytes: 2 ** 20 })
  expect(refused).toMatchObject({ ok: false, error: { code: 'damaged-book-file' } })
  expect(!refused.ok && refused.error.message).toContain('at most 1048576 bytes')
  expect(await readBookFile(bomb, { mostBytes: 2 ** 21 })).toMatchObject({ error: { code: 'not-a-book-file' } })
})

test('[AD5] a copy whose fields no action accounts for is refused', async () => {
  const { book, acme } = await bookWithChanges()
  const other = await openForTest({ id: book.id, author: authorNamed('Mallory') })
  await done(other.mergeCopy((await fileOf(book)).copy))
  other.doc.getMap('clients').set(`${acme}/name`, 'Slipped in')
  const refused = await book.mergeCopy((await fileOf(other)).copy)
  expect(refused).toMatchObject({ ok: false, error: { code: 'damaged-copy' } })
  expect(book.client(acme)?.name).toBe('Acme Dental')
  await other.close()
})
