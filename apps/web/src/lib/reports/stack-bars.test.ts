import { scaleLinear } from 'd3-scale'
import { expect, test } from 'vitest'
import { lineValues, stackBars } from './stack-bars.ts'

test('parts lie on each other from the zero line, and what is below zero hangs under it', () => {
  const { parts, domain } = stackBars([{ a: 60, b: 40, c: -50, d: -50, e: 0 }], ['a', 'b', 'c', 'd', 'e'])
  expect(parts).toEqual([
    { bar: 0, key: 'a', from: 0, to: 60 },
    { bar: 0, key: 'b', from: 60, to: 100 },
    { bar: 0, key: 'c', from: -50, to: 0 },
    { bar: 0, key: 'd', from: -100, to: -50 },
  ])
  expect(domain).toEqual([-100, 100])
})

test('nothing but zeros, or nothing above zero, still has a scale', () => {
  expect(stackBars([{ a: 0 }], ['a'])).toEqual({ parts: [], domain: [0, 1] })
  expect(stackBars([{ a: -3 }], ['a']).domain).toEqual([-3, 0])
})

test('what is counted has lines at whole numbers only', () => {
  expect(lineValues(scaleLinear().domain([0, 1]), { isCounted: true })).toEqual([0, 1])
  expect(lineValues(scaleLinear().domain([0, 10]), { isCounted: true })).toEqual([0, 2, 4, 6, 8, 10])
  expect(lineValues(scaleLinear().domain([0, 1]), { isCounted: false })).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
})
