// Frames that Chromium drops while the table of this book is scrolled, searched and sorted: from its own trace, as the Performance panel counts them.
// Source: `PipelineReporter` events (cc/metrics/event_metrics in Chromium), one for each frame that was due, with what became of it.
import type { Browser, Page } from 'playwright-core'
import { startServer } from '../../../../scripts/test-server.mjs'
import { bookId, type Books } from '../book/books.ts'
import { quantile } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'
import { joinAsDevice, openProfile, putOnServer, seedWithinMs } from './app-with-book.ts'

/** What became of the frames that were due in one stretch. */
interface Frames {
  readonly presented: number
  /** Those that whoever looks could notice: something moved or had to change, and did not. */
  readonly dropped: number
}

const settleMs = 500
/** As fast as somebody flings a list with a trackpad, in px a second. */
const scroll = { distance: 12_000, speed: 4_000 }

const stretches: readonly { readonly name: string; readonly act: (page: Page) => Promise<void> }[] = [
  { name: 'scrolling down and up', act: scrollTable },
  {
    name: 'typing a search and clearing it',
    act: async (page) => {
      await page.getByRole('searchbox', { name: 'Search clients' }).pressSequentially('adams', { delay: 80 })
      await page.keyboard.press('Escape')
    },
  },
  {
    name: 'sorting by three columns',
    act: async (page) => {
      for (const name of ['Last Activity', 'Plan', 'Client'])
        await page.getByRole('button', { name, exact: true }).click()
    },
  },
]

/** Each stretch in turn, each round in a fresh tab of the same browser profile. */
export async function smoothnessSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const server = await startServer()
  const profile = await openProfile()
  try {
    const browser = profile.context.browser()
    if (!browser) throw new Error('Playwright gives no browser for the profile, and with it no trace')
    await putOnServer(books, server)
    await joinAsDevice(profile.context, server.inviteLink(bookId), books.size.clients)
    const seen = new Map<string, Frames[]>(stretches.map(({ name }) => [name, []]))
    for (let round = 0; round <= options.rounds; round++) {
      const page = await openApp(await profile.context.newPage(), server.url)
      for (const { name, act } of stretches) {
        const frames = await traceFrames(browser, page, () => act(page))
        console.log(`  ${name}: ${frames.presented} frames presented, ${frames.dropped} dropped`)
        // The first round compiles what the others find compiled.
        if (round > 0) seen.get(name)?.push(frames)
      }
      await page.close()
    }
    return {
      suite: 'smoothness',
      timings: [],
      bars: [...seen].map(([name, rounds]) =>
        bar(`frames dropped, of those due, ${name}`, quantile(rounds.map(shareDropped), 0.5), 'x', 0),
      ),
      notes: [
        ...[...seen].map(
          ([name, rounds]) =>
            `${name}, dropped of presented in each round: ${rounds.map((each) => `${each.dropped}/${each.presented}`).join(', ')}`,
        ),
        `Chromium ${browser.version()}, headless, without a graphics card, 1600 × 900`,
      ],
    }
  } finally {
    await profile.close()
    await server.close()
  }
}

const shareDropped = ({ dropped, presented }: Frames) => dropped / (dropped + presented)

async function openApp(page: Page, url: string): Promise<Page> {
  await page.setViewportSize({ width: 1600, height: 900 })
  await page.goto(url)
  await page.getByText('All changes saved').first().waitFor({ timeout: seedWithinMs })
  await page.waitForTimeout(settleMs)
  return page
}

/** A gesture that the browser makes itself, as a trackpad would: no script decides when a step of it comes. */
async function scrollTable(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  for (const yDistance of [-scroll.distance, scroll.distance])
    await session.send('Input.synthesizeScrollGesture', { x: 700, y: 600, yDistance, speed: scroll.speed })
  await session.detach()
}

async function traceFrames(browser: Browser, page: Page, act: () => Promise<void>): Promise<Frames> {
  await browser.startTracing(page, { categories: ['cc', 'benchmark'] })
  await act()
  await page.waitForTimeout(settleMs)
  return countFrames(await browser.stopTracing())
}

/** Of an event of the trace, what is read here. */
interface TraceEvent {
  readonly name?: string
  readonly args?: { readonly frame_reporter?: { readonly state: string; readonly affects_smoothness?: boolean } }
}

function countFrames(trace: Buffer): Frames {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: readonly TraceEvent[] }
  const frames = traceEvents.flatMap(({ name, args }) =>
    name === 'PipelineReporter' && args?.frame_reporter ? [args.frame_reporter] : [],
  )
  const presented = frames.filter(({ state }) => state.startsWith('STATE_PRESENTED')).length
  if (presented === 0) throw new Error('the trace tells of no frame that was presented')
  return {
    presented,
    dropped: frames.filter(({ state, affects_smoothness }) => state === 'STATE_DROPPED' && affects_smoothness).length,
  }
}
