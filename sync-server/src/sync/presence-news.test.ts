import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PresenceItem, readPresenceNews, writeGoodbye, writePresenceNews } from './presence-news.ts'

/** As texts are sent: until all are through. */
function writeAll(items: readonly PresenceItem[], maxBytes: number): string[] {
  const texts: string[] = []
  for (let rest = items; rest.length > 0;) {
    const { text, used } = writePresenceNews('node', rest, maxBytes)
    expect(used).toBeGreaterThan(0)
    if (text !== null) texts.push(text)
    rest = rest.slice(used)
  }
  return texts
}

const item = fc.record({
  book: fc.constantFrom('a', 'b', 'c'.repeat(22)),
  state: fc.option(
    fc.record({
      client: fc.nat(),
      clock: fc.nat(),
      actor: fc.constantFrom('ada', 'bob'),
      state: fc.json({ maxDepth: 2 }).filter((text) => text.length <= 4096),
    }),
  ),
})

test('whatever is shown, no text is over the bytes that a hint may have, and all that fits arrives in order', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), fc.integer({ min: 300, max: 2_000 }), (items, maxBytes) => {
      const texts = writeAll(items, maxBytes)
      for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
      const news = texts.map((text) => readPresenceNews(text))
      const states = (book: string) =>
        news.flatMap((one) => one?.books.filter((each) => each.book === book).flatMap((each) => each.states) ?? [])
      const sizeOf = ({ book, state }: PresenceItem) =>
        state
          ? Buffer.byteLength(JSON.stringify([state.client, state.clock, state.actor, state.state])) + book.length
          : 0
      for (const book of new Set(items.map((one) => one.book))) {
        // 80 bytes are more than what wraps one.
        const fit = items.filter((one) => one.book === book && one.state && sizeOf(one) <= maxBytes - 80)
        const told = states(book)
        expect(fit.filter(({ state }) => !told.some((one) => JSON.stringify(one) === JSON.stringify(state)))).toEqual(
          [],
        )
      }
      expect(news.flatMap((one) => one?.asks ?? [])).toEqual(
        items.filter(({ state }) => !state).map(({ book }) => book),
      )
    }),
    { numRuns: 500, seed: 39 },
  )
})

test('three hundred devices go into a few texts of less than PostgreSQL’s 8,000 bytes', () => {
  const state = JSON.stringify({ actor: 'a'.repeat(22), name: 'Ada Lovelace', client: 'c'.repeat(22) })
  const items = Array.from({ length: 300 }, (_, client) => ({
    book: 'b'.repeat(22),
    state: { client: 2 ** 31 + client, clock: 7, actor: 'a'.repeat(22), state },
  }))
  const texts = writeAll(items, 7_900)
  expect(texts.length).toBeLessThanOrEqual(8)
  expect(texts.flatMap((text) => readPresenceNews(text)?.books[0]?.states ?? [])).toHaveLength(300)
})

test('a state that fits into no text stays on its server, and others go', () => {
  const big = { client: 1, clock: 1, actor: 'ada', state: JSON.stringify('€'.repeat(3_000)) }
  const small = { client: 2, clock: 1, actor: 'ada', state: '{}' }
  const texts = writeAll(
    [big, small].map((state) => ({ book: 'a', state })),
    7_900,
  )
  expect(texts.map((text) => readPresenceNews(text)?.books)).toEqual([[{ book: 'a', states: [small] }]])
})

test('what is no news, or holds what would throw in a device’s handler, is left out', () => {
  for (const text of ['', 'nonsense', '{}', '[]', '{"node":""}', '{"node":"n","books":[{"book":"a b","states":[]}]}'])
    expect(readPresenceNews(text), text).toBeNull()
  const broken = { node: 'n', books: [{ book: 'a', states: [[1, 1, 'ada', '{']] }] }
  expect(readPresenceNews(JSON.stringify(broken))?.books).toEqual([{ book: 'a', states: [] }])
  expect(readPresenceNews(writeGoodbye('n'))).toEqual({ node: 'n', books: [], asks: [], stops: true })
})
