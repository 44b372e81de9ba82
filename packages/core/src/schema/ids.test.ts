import { stringify, validate, version } from 'uuid'
import { afterEach, expect, test, vi } from 'vitest'
import { base64UrlToBytes, createId, isId } from './ids.ts'

afterEach(() => vi.useRealTimers())

test('an id is a UUIDv7 of its moment, in 22 characters, and each is another one', () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00.123Z') })
  const ids = Array.from({ length: 10_000 }, () => createId())
  for (const id of ids) {
    const uuid = stringify(base64UrlToBytes(id))
    expect(isId(id) && validate(uuid) && version(uuid) === 7, uuid).toBe(true)
    expect(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)).toBe(Date.now())
  }
  expect(new Set(ids).size).toBe(ids.length)
})
