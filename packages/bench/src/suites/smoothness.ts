// Frames that Chromium drops while the table of this book is scrolled, searched and sorted: from its own trace, as the Performance panel counts them.
// Source: `PipelineReporter` events (cc/metrics/event_metrics in Chromium), one for each frame that was due, with what became of it.
// Beside it, in the same rounds, pages of plain rows are scrolled, searched and sorted: what they drop is the machine's. The bar for scrolling is that the table
// drops no larger share of frames than that page, but for noise. Typing and sorting may drop none: a plain page has so few frames there that one of
// them is a sixth, so its figures are in the notes and decide nothing.
// Chromium counts a dropped frame where something moves by itself: a scroll, an animation, a transition. While one types and sorts nothing in the app
// does, since a field's border no longer fades; how late the rows of a key or a click come is not seen here, but in `vitals`.
import type { Browser, Page } from 'playwright-core'
import { startServer } from '../../../../scripts/test-server.mjs'
import { bookId, type Books } from '../book/books.ts'
import type { ClientFact } from '../book/facts.ts'
import { quantile } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'
import { type PlainClient, showPlainList, showPlainRows } from './plain-rows.ts'
import { joinAsDevice, openProfile, putOnServer, seedWithinMs } from './app-with-book.ts'

/** What became of the frames that were due in one stretch. */
interface Frames {
  readonly presented: number
  /** Those that whoever looks could notice: something moved or had to change, and did not. */
  readonly dropped: number
  /** Whether a scroll waited for the main thread; a list that is scrolled well never does. */
  readonly onMainThread: boolean
}

const settleMs = 500
/** How much the share of the same page may differ from round to round on a machine that does nothing else: an estimate, no quiet run has shown it yet. */
const noise = 0.02
const size = { width: 1600, height: 900 }
const scrolling = 'scrolling down and up'
const plain = (stretch: string) => `${stretch}, plain rows`
/** More than a scroll of the suite passes. */
const plainRowsToScroll = 400
/** As fast as somebody flings a list with a trackpad, in px a second. */
const scroll = { distance: 12_000, speed: 4_000 }

/** What is done, in the app and in a plain page that understands it. */
interface Stretch {
  readonly name: string
  readonly act: (page: Page) => Promise<void>
  readonly showPlain: (page: Page, clients: readonly PlainClient[]) => Promise<void>
}

const stretches: readonly Stretch[] = [
  {
    name: scrolling,
    act: scrollTable,
    showPlain: (page) => showPlainRows(page, plainRowsToScroll),
  },
  {
    name: 'typing a search and clearing it',
    showPlain: showPlainList,
    act: async (page) => {
      await page.getByRole('searchbox', { name: 'Search clients' }).pressSequentially('adams', { delay: 80 })
      await page.keyboard.press('Escape')
    },
  },
  {
    name: 'sorting by three columns',
    showPlain: showPlainList,
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
    const plainClients = books.facts.clients.map(toPlain)
    const seen = new Map<string, Frames[]>(
      stretches.flatMap(({ name }) => [name, plain(name)]).map((name) => [name, []]),
    )
    for (let round = 0; round <= options.rounds; round++) {
      const measure = async (page: Page, name: string, act: (page: Page) => Promise<void>) => {
        const frames = await traceFrames(browser, page, () => act(page))
        console.log(`  ${name}: ${frames.presented} frames presented, ${frames.dropped} dropped`)
        // The first round compiles what the others find compiled.
        if (round > 0) seen.get(name)?.push(frames)
      }
      for (const { name, act, showPlain } of stretches) {
        const page = await profile.context.newPage()
        await page.setViewportSize(size)
        await showPlain(page, plainClients)
        await page.waitForTimeout(settleMs)
        await measure(page, plain(name), act)
        await page.close()
      }
      const page = await openApp(await profile.context.newPage(), server.url)
      for (const { name, act } of stretches) await measure(page, name, act)
      await page.close()
    }
    const shareOf = (name: string) => quantile((seen.get(name) ?? []).map(shareDropped), 0.5)
    return {
      suite: 'smoothness',
      timings: [],
      bars: stretches.map(({ name }) =>
        name === scrolling
          ? bar(
              `frames dropped, of those due, ${name}, beyond the plain rows`,
              Math.max(0, shareOf(name) - shareOf(plain(name))),
              'x',
              noise,
            )
          : bar(`frames dropped, of those due, ${name}`, shareOf(name), 'x', 0),
      ),
      notes: [
        ...[...seen].map(
          ([name, rounds]) =>
            `${name}, dropped of presented in each round: ${rounds.map((each) => `${each.dropped}/${each.presented}`).join(', ')}`,
        ),
        `the table was scrolled on the main thread in ${seen.get(scrolling)?.filter(({ onMainThread }) => onMainThread).length} of ${options.rounds} rounds`,
        `Chromium ${browser.version()}, headless, without a graphics card, ${size.width} × ${size.height}`,
      ],
    }
  } finally {
    await profile.close()
    await server.close()
  }
}

const shareDropped = ({ dropped, presented }: Frames) => dropped / (dropped + presented)

async function openApp(page: Page, url: string): Promise<Page> {
  await page.setViewportSize(size)
  await page.goto(url)
  await page.getByText('All changes saved').first().waitFor({ timeout: seedWithinMs })
  await page.waitForTimeout(settleMs)
  return page
}

function toPlain({ name, createdOn }: ClientFact, place: number): PlainClient {
  const plans = ['Starter', 'Professional', 'Enterprise'] as const
  return { name, plan: plans[place % plans.length] ?? '', daysAgo: (place * 7) % 400, createdOn }
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
  readonly args?: {
    readonly frame_reporter?: {
      readonly state: string
      readonly scroll_state?: string
      readonly affects_smoothness?: boolean
    }
  }
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
    // Where the compositor scrolls by itself, it says of a dropped frame that it scrolled, and not always that it affects smoothness.
    dropped: frames.filter(
      ({ state, affects_smoothness, scroll_state = 'SCROLL_NONE' }) =>
        state === 'STATE_DROPPED' && (affects_smoothness || scroll_state !== 'SCROLL_NONE'),
    ).length,
    onMainThread: frames.some(({ scroll_state }) => scroll_state === 'SCROLL_MAIN_THREAD'),
  }
}
