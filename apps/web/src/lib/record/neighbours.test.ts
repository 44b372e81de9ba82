import { expect, test } from 'vitest'
import { neighboursOf } from './neighbours.ts'

test('neighbours are those of the order last seen, else of all clients', () => {
  const all = () => ['a', 'b', 'c', 'd']
  expect(neighboursOf('c', ['d', 'c', 'a'], all)).toEqual({ previous: 'd', next: 'a', place: 2, count: 3 })
  expect(neighboursOf('b', ['d', 'c'], all)).toEqual({ previous: 'a', next: 'c', place: 2, count: 4 })
  expect(neighboursOf('a', null, all)).toEqual({ previous: null, next: 'b', place: 1, count: 4 })
  expect(neighboursOf('x', null, all)).toEqual({ previous: null, next: null, place: 0, count: 4 })
})
