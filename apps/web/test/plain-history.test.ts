// What the app writes into the browser's history instead of devalue: plain JSON, and a refusal of what JSON would alter or lose.
import { expect, test } from 'vitest'
import { plainHistory } from '../plain-history-plugin.ts'

const plugin = plainHistory() as unknown as { resolveId(id: string): string | null; load(id: string): string | null }
const source = plugin.load(plugin.resolveId('devalue') ?? '') ?? ''
const plain = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
  stringify(value: unknown): string
  parse(text: string): unknown
  unflatten(data: unknown): never
}

test('plain values come back as they were', () => {
  const state = { panel: 'open', rows: [1, 2.5, null, true], nested: { deep: '“x”' } }
  expect(plain.parse(plain.stringify(state))).toEqual(state)
  expect(plain.parse(plain.stringify({}))).toEqual({})
})

test.each([
  ['a date', { at: new Date(0) }],
  ['a map', { at: new Map([[1, 2]]) }],
  ['undefined', { at: undefined }],
  ['a function', { at: () => 1 }],
  ['a bigint', { at: 1n }],
])('%s is refused by name, not lost', (_what, value) => {
  expect(() => plain.stringify(value)).toThrow('plain JSON expected at "at"')
})

test('data of a server, which there is none of, is refused', () => {
  expect(() => plain.unflatten([])).toThrow(TypeError)
})
