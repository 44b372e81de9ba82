// A file loaded in the middle of a run makes a seed play otherwise on a slow disk: this once failed a landing.
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'

test('what the source loads on demand is loaded before a run of the model', () => {
  const ahead = namesIn('test/model/load-ahead.ts', /^import '([^']+)'/gm)
  const onDemand = globSync('src/**/*.ts')
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => namesIn(path, /(?<!typeof )import\('([^']+)'\)/g))
  expect(onDemand).toContain('writing.ts')
  expect(onDemand.filter((name) => !ahead.includes(name))).toEqual([])
})

/** The file names, without folders, that `pattern` finds in a file. */
function namesIn(path: string, pattern: RegExp): string[] {
  return [...readFileSync(path, 'utf8').matchAll(pattern)].map(([, from]) => basename(from!))
}
