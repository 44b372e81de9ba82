// Web vitals of everyday actions in Chromium: how long the slowest interaction of each takes to be painted, and what moves in the page meanwhile.
// Source of both: the browser's own event timing and layout instability entries (https://web.dev/articles/inp, https://web.dev/articles/cls).
import type { Page } from 'playwright-core'
import { startServer } from '../../../../scripts/test-server.mjs'
import { bookId, type Books } from '../book/books.ts'
import { toTiming } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'
import { joinAsDevice, openProfile, putOnServer, seedWithinMs } from './app-with-book.ts'
import { actions } from './vital-actions.ts'

/** What the browser says of the time since it was asked last. */
interface Vitals {
  /** The slowest interaction, rounded to 8 ms by the browser; 0 where none took 16 ms. */
  readonly interactionMs: number
  /** Sum of the shifts that no interaction of the last 500 ms explains. */
  readonly shift: number
}

/** What the two kinds of entries have of their own. */
type SeenEntry = PerformanceEntry & {
  readonly interactionId?: number
  readonly processingEnd: number
  readonly value: number
  readonly hadRecentInput: boolean
}

/** A result stays on screen this long before the next action: entries come after the frame they tell of. */
const settleMs = 700
const paintedWithinMs = 100

/** All actions in turn, each round in a fresh tab of the same browser profile. */
export async function vitalsSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const server = await startServer()
  const profile = await openProfile()
  try {
    await putOnServer(books, server)
    await joinAsDevice(profile.context, server.inviteLink(bookId), books.size.clients)
    const painted = new Map<string, number[]>()
    let shift = 0
    for (let round = 0; round <= options.rounds; round++) {
      const page = await openApp(profile.context.newPage(), server.url)
      const { shift: atLoad } = await readVitals(page)
      shift = Math.max(shift, atLoad)
      for (const action of actions) {
        const { name } = action
        await action.act(page)
        await page.waitForTimeout(settleMs)
        const vitals = await readVitals(page)
        if (vitals.shift > 0) console.log(`  moved by ${vitals.shift.toFixed(4)}: ${name}`)
        shift = Math.max(shift, vitals.shift)
        // The first round loads what the others find compiled.
        if (round > 0) painted.set(name, [...(painted.get(name) ?? []), vitals.interactionMs])
      }
      await page.close()
    }
    const timings = [...painted].map(([name, samples]) => toTiming(name, samples))
    const slowest = timings.reduce((worst, one) => (one.medianMs > worst.medianMs ? one : worst))
    return {
      suite: 'vitals',
      timings,
      bars: [
        bar(
          `interaction to next paint, the slowest of ${timings.length} actions`,
          slowest.medianMs,
          'ms',
          paintedWithinMs,
        ),
        bar('layout shift, the largest of a load or an action', shift, 'x', 0),
      ],
      notes: [
        `the slowest: ${slowest.name}`,
        `Chromium ${profile.context.browser()?.version() ?? ''}, headless, 1600 × 900`,
      ],
    }
  } finally {
    await profile.close()
    await server.close()
  }
}

async function openApp(opening: Promise<Page>, url: string): Promise<Page> {
  const page = await opening
  page.setDefaultTimeout(30_000)
  await page.setViewportSize({ width: 1600, height: 900 })
  await page.addInitScript(watch)
  await page.goto(url)
  await page.getByText('All changes saved').first().waitFor({ timeout: seedWithinMs })
  await page.waitForTimeout(settleMs)
  return page
}

/** Gives what was seen and begins anew. */
function readVitals(page: Page): Promise<Vitals> {
  return page.evaluate(() => (globalThis as unknown as { readVitals: () => Vitals }).readVitals())
}

/** Runs in the page, before its own scripts. */
function watch(): void {
  let seen = { interactionMs: 0, shift: 0 }
  const events = new PerformanceObserver((list) => note(list.getEntries()))
  events.observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit)
  const shifts = new PerformanceObserver((list) => note(list.getEntries()))
  shifts.observe({ type: 'layout-shift', buffered: true })
  const note = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries as SeenEntry[]) {
      // The app does nothing when a key comes up, so nothing is painted then: Chromium counts on to the frame of the next input.
      const ms = entry.name === 'keyup' ? entry.processingEnd - entry.startTime : entry.duration
      if (entry.interactionId) seen.interactionMs = Math.max(seen.interactionMs, ms)
      if (entry.entryType === 'layout-shift' && !entry.hadRecentInput) seen.shift += entry.value
    }
  }
  const readVitals = () => {
    note(events.takeRecords())
    note(shifts.takeRecords())
    const before = seen
    seen = { interactionMs: 0, shift: 0 }
    return before
  }
  Object.assign(globalThis, { readVitals })
}
