import { expect, test } from 'vitest'
import { rowsInPages } from './rows-in-pages.ts'

/** Rows from 1 to `last`; reading `damaged` fails, as a page of the file that is damaged does. */
function* rowsFrom(from: number, { last, damaged }: { last: number; damaged?: number }) {
  for (let seq = from; seq <= last; seq++) {
    if (seq === damaged) throw new Error('database disk image is malformed')
    yield { seq }
  }
}

test('rows of several pages come in order, and a whole last page ends them', () => {
  const begins: number[] = []
  const read = rowsInPages((from) => (begins.push(from), rowsFrom(from, { last: 2_000 })), 1)
  expect([...read].map(({ seq }) => seq)).toEqual(Array.from({ length: 2_000 }, (_, place) => place + 1))
  expect(begins).toEqual([1, 1_001, 2_001])
})

test('all rows before a damaged one are read before it is told', () => {
  const read: unknown[] = []
  expect(() => {
    for (const { seq } of rowsInPages((from) => rowsFrom(from, { last: 9, damaged: 5 }), 1)) read.push(seq)
  }).toThrow('malformed')
  expect(read).toEqual([1, 2, 3, 4])
})
