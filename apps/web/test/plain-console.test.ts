// What Yjs prints with instead of lib0's logging: the same words, and nothing that is only there for colours.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test, vi } from 'vitest'
import { plainConsole } from '../plain-console-plugin.ts'

const plugin = plainConsole() as unknown as { resolveId(id: string): string | null; load(id: string): string | null }
const source = plugin.load(plugin.resolveId('lib0/logging') ?? '') ?? ''
const logging = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Record<string, unknown> & {
  print(...parts: unknown[]): void
  warn(...parts: unknown[]): void
}

test('all that Yjs uses of the logging is there', () => {
  const yjs = readFileSync(
    createRequire(import.meta.url)
      .resolve('yjs')
      .replace(/\.cjs$/, '.mjs'),
    'utf8',
  )
  const used = [...yjs.matchAll(/\blogging\.(\w+)/g)].map(([, name]) => name!)
  expect(used).toContain('warn')
  expect(used.filter((name) => !(name in logging))).toEqual([])
})

test('words and values are printed, marks of colour are not', () => {
  const log = vi.spyOn(console, 'log').mockReturnValue()
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  logging.print(logging['ORANGE'], '[yjs] ', logging['UNBOLD'], 'Structs: ', [1])
  logging.warn('Invalid access')
  expect(log.mock.calls).toEqual([['[yjs] ', 'Structs: ', [1]]])
  expect(warn.mock.calls).toEqual([['Invalid access']])
  vi.restoreAllMocks()
})
