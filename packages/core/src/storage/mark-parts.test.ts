// Large marks are stored in parts and come back as they were; what is damaged in them is noticed.
import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import { indexedDb } from './indexeddb.ts'
import { runAtOnce } from '../slices.ts'
import { joiningMark, splitMark } from './mark-parts.ts'

const long = 'Müller & Söhne – Łódź '.repeat(5_000)
const numbers = Float64Array.from({ length: 200_000 }, (_, place) => place / 7)
const large = {
  version: '1',
  rows: [long, 'short', long.slice(0, 9_000)],
  columns: { at: numbers, n: new Uint32Array(numbers.buffer, 8, 30_000), few: new Uint32Array([1, 2]) },
  list: [[1, 2], null, { deep: long }],
}

async function openMarks(book = createId()) {
  const handle = await indexedDb().open({ book, doc: new Y.Doc(), onProblem() {} })
  return { book, handle, marks: handle.marks, database: `tierbook-journal:${book}` }
}

test('a value with large texts and arrays comes back as it was, and a small one is stored as it is', () => {
  const { head, parts } = splitMark(large)
  expect(runAtOnce(joiningMark(structuredClone(head), structuredClone(parts)))).toEqual(large)
  expect(parts.every((part) => typeof part !== 'string' || part.length * 2 < 65_536)).toBe(true)
  expect(splitMark({ a: 1 })).toEqual({ head: { a: 1 }, parts: [] })
})

test('a mark in parts is read after a restart, replaced whole and deleted whole', async () => {
  const { book, handle, marks, database } = await openMarks()
  await marks.set('projection', large)
  await marks.set('projection-mark', 'of another name')
  await handle.close()
  const again = await openMarks(book)
  expect(await again.marks.get('projection')).toEqual(large)
  expect(await indexedDb().peek?.(book, 'projection')).toEqual(large)
  await again.marks.set('projection', 'small')
  const db = await openDB(database)
  expect(await db.getAllKeys('marks')).toEqual(['projection', 'projection-mark'])
  await again.marks.set('projection', large)
  await again.marks.delete('projection')
  expect(await db.getAllKeys('marks')).toEqual(['projection-mark'])
  db.close()
  await again.handle.close()
})

test('[F3] a lost or changed part of a mark is noticed: the mark is set aside and counts as not there', async () => {
  const { handle, marks, database } = await openMarks()
  const db = await openDB(database)
  for (const spoil of [(text: string) => `${text.slice(0, -1)}!`, () => undefined, () => 7, () => new Uint8Array(3)]) {
    await marks.set('clocks', large)
    const part = spoil((await db.get('marks', 'clocks:1')) as string)
    if (part === undefined) await db.delete('marks', 'clocks:1')
    else await db.put('marks', part, 'clocks:1')
    expect(await marks.get('clocks')).toBeUndefined()
    expect((await handle.aside.list()).at(-1)?.reason).toBe('marks clocks: not as it was written: its checksum says so')
    expect(await db.getAllKeys('marks')).toEqual([])
  }
  db.close()
  await handle.close()
})
