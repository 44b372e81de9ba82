import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createMetrics } from '../src/metrics.ts'
import { variables } from '../src/settings.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('[F24] every setting and every metric stands in the README, and no others', async () => {
  const named = (pattern: RegExp) => [...new Set(Array.from(readme.matchAll(pattern), ([, name]) => name))].sort()
  expect(named(/^\| `(PORT|TIERBOOK_\w+)`/gm)).toEqual(Object.values(variables).sort())
  const metrics = await createMetrics({ processMetrics: false }).registry.getMetricsAsJSON()
  expect(named(/^\| `(tierbook_\w+)`/gm)).toEqual(metrics.map(({ name }) => name).sort())
})
