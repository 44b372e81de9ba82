import { expect, test } from 'vitest'
import { stackBars } from './stack-bars.ts'

test('parts lie on each other from the zero line, and what is below zero hangs under it', () => {
  const { bars, lines } = stackBars([{ a: 60, b: 40, c: -50, d: -50 }], ['a', 'b', 'c', 'd'])
  expect(lines.map(({ value }) => value)).toEqual([-100, -50, 0, 50, 100])
  expect(lines.find(({ value }) => value === 0)?.top).toBe(50)
  expect(bars).toEqual([
    [
      { key: 'a', top: 20, height: 30 },
      { key: 'b', top: 0, height: 20 },
      { key: 'c', top: 50, height: 25 },
      { key: 'd', top: 75, height: 25 },
    ],
  ])
})

test('nothing but zeros, or nothing below zero, still has a scale', () => {
  expect(stackBars([{ a: 0 }], ['a']).lines.at(-1)).toEqual({ value: 1, top: 0 })
  expect(stackBars([{ a: -3 }], ['a']).bars[0]).toEqual([{ key: 'a', top: 0, height: 100 }])
})
