// Lighthouse on the built app served by the sync server: a first visit, and the main pages of the sample book as on every later one.
import lighthouse, { desktopConfig, type Flags, type Result } from 'lighthouse'
import type { Page } from 'playwright-core'
import { startServer } from '../../../../scripts/test-server.mjs'
import type { Books } from '../book/books.ts'
import { quantile } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'
import { openProfile } from './app-with-book.ts'

const categories = ['performance', 'accessibility', 'best-practices'] as const
const forms = ['desktop', 'mobile'] as const
const leastScore = 95
const mostRounds = 3
const debuggingPort = 9_333

/** Lighthouse scores in each form; what the figures of the bars say is how much is missing to 100. */
export async function lighthouseSuite(_books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const server = await startServer()
  const profile = await openProfile([`--remote-debugging-port=${debuggingPort}`])
  const scores = new Map<string, number[]>()
  const reasons = new Set<string>()
  const judge = async ({ name, url }: { name: string; url: string }, options: { isFirst: boolean; rounds: number }) => {
    for (const form of forms) {
      for (let round = 0; round < options.rounds; round++) {
        const { lhr } = await visit(url, { form, isFirst: options.isFirst })
        for (const category of categories) {
          const key = `${category}, ${form}, ${name}`
          const score = Math.round((lhr.categories[category]?.score ?? 0) * 100)
          scores.set(key, [...(scores.get(key) ?? []), score])
          if (score < leastScore) reasons.add(`${key}: ${score}, for ${lacking(lhr, category).join(', ')}`)
        }
      }
    }
  }
  const rounds = Math.min(options.rounds, mostRounds)
  try {
    await judge({ name: 'first visit', url: server.url }, { isFirst: true, rounds })
    for (const page of await makeSample(await profile.context.newPage(), server.url))
      await judge(page, { isFirst: false, rounds })
  } finally {
    await profile.close()
    await server.close()
  }
  const medians = [...scores].map(([name, all]) => ({ name, score: quantile(all, 0.5) }))
  return {
    suite: 'lighthouse',
    timings: [],
    bars: categories.flatMap((category) =>
      forms.map((form) => {
        const all = medians.filter(({ name }) => name.startsWith(`${category}, ${form}`))
        const least = Math.min(...all.map(({ score }) => score))
        return bar(
          `Lighthouse, ${category}, ${form}, to 100, missing on the worst page`,
          (100 - least) / 100,
          'x',
          0.05,
        )
      }),
    ),
    notes: [...medians.map(({ name, score }) => `${name}: ${score}`), ...reasons],
  }
}

/** A first visit has nothing stored; later ones have the app and the book. */
async function visit(url: string, { form, isFirst }: { form: (typeof forms)[number]; isFirst: boolean }) {
  const flags = {
    port: debuggingPort,
    onlyCategories: [...categories],
    disableStorageReset: !isFirst,
    logLevel: 'error',
  }
  const result = await lighthouse(url, flags as Flags, form === 'desktop' ? desktopConfig : undefined)
  const problem = result?.lhr.runtimeError
  if (!result || problem) throw new Error(`${url}, ${form}: ${problem?.message ?? 'Lighthouse gave no result'}`)
  return result
}

/** What a score falls short by, the weightiest first. */
function lacking({ categories, audits }: Result, category: string): string[] {
  const parts = (categories[category]?.auditRefs ?? []).filter(
    ({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9,
  )
  return parts.toSorted((a, b) => b.weight - a.weight).map(({ id }) => `${id} ${audits[id]?.displayValue ?? ''}`.trim())
}

/** Opens the sample and gives addresses of its pages. */
async function makeSample(page: Page, url: string): Promise<{ name: string; url: string }[]> {
  await page.goto(url)
  await page.getByRole('button', { name: 'Try with sample data' }).click()
  await page.locator('tr[data-client]').first().waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  // As after any visit of some seconds: the worker serves the app, and what the overview shows is stored.
  await page.waitForTimeout(5_000)
  const record = await page.locator('tr[data-client] a').first().getAttribute('href')
  await page.close()
  const at = (name: string, path: string) => ({ name, url: new URL(path, url).href })
  return [
    at('overview', '/'),
    at('record', record ?? '/'),
    at('change log', '/changes'),
    at('invoices', '/invoices'),
    at('settings', '/settings'),
  ]
}
