import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from './stored-json.ts'

const Point = z.object({ x: z.number() })

function storageWith(entries: Record<string, string>): KeyValueStorage & { entries: Map<string, string> } {
  const map = new Map(Object.entries(entries))
  return {
    entries: map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  }
}

test('what was written is read', () => {
  const storage = storageWith({})
  expect(writeStored(storage, 'point', { x: 1 })).toBeNull()
  expect(readStored(storage, 'point', Point)).toEqual({ value: { x: 1 }, problem: null })
  expect(readStored(storage, 'other', Point)).toEqual({ value: null, problem: null })
})

test('content that does not fit is set aside, kept, and described by key, reason and beginning', () => {
  for (const text of ['{"x":"one"}', 'no json', '']) {
    const storage = storageWith({ point: text })
    const { value, problem } = readStored(storage, 'point', Point)
    expect(value).toBeNull()
    expect(problem).toContain('“point”')
    expect(problem).toContain('point.set-aside')
    expect(storage.entries.get('point.set-aside')).toBe(text)
    expect(storage.entries.has('point')).toBe(false)
  }
})

test('a browser that blocks storage is said and nothing throws', () => {
  const blocked: KeyValueStorage = {
    getItem: () => {
      throw new Error('blocked')
    },
    setItem: () => {
      throw new Error('full')
    },
    removeItem: () => {},
  }
  expect(readStored(blocked, 'point', Point).problem).toContain('blocks local storage')
  expect(writeStored(blocked, 'point', { x: 1 })).toContain('full')
})
