// Measures, inside the page, what loading does to the main thread, and how long an edit takes to be painted.
import type { BrowserContext, Page } from 'playwright-core'

const edits = 15
const settleMs = 4_000 // behind the load: what the page does when it has time, such as storing what it showed

/** One load of the app. */
export interface PageFigures {
  readonly firstRowsMs: number
  /** Until the page says that everything is saved, which it says of a whole document only. */
  readonly loadedMs: number
  /** 0 where no task took 50 ms: browsers tell of no shorter ones. */
  readonly longestTaskMs: number
  readonly longTasks: number
  /** From the event that chooses a tier to the frame that shows its badge. */
  readonly editMs: readonly number[]
  /** The same for a click that does nothing but write one word: what the browser itself takes for a frame. */
  readonly bareClickMs: readonly number[]
  readonly storedBytes: number
}

interface Watched {
  readonly tasks: number[]
  firstRowsAt: number
  loadedAt: number
}

/** Opens the app in a fresh tab, waits until it is at rest, and changes tiers. */
export async function watchLoad(context: BrowserContext, url: string): Promise<PageFigures> {
  const page = await context.newPage()
  try {
    await page.addInitScript(watch)
    await page.goto(url, { waitUntil: 'commit' })
    await page.waitForFunction(() => (globalThis as unknown as { watched?: Watched }).watched?.loadedAt, null, {
      timeout: 120_000,
      polling: 100,
    })
    await page.waitForTimeout(settleMs)
    const load = await page.evaluate(() => {
      const { tasks, firstRowsAt, loadedAt } = (globalThis as unknown as { watched: Watched }).watched
      return { tasks: [...tasks], firstRowsAt, loadedAt }
    })
    const editMs: number[] = []
    for (let place = 0; place < edits; place++) editMs.push(await timeEdit(page, place % 8))
    const bareClickMs: number[] = []
    for (let round = 0; round < edits; round++) bareClickMs.push(await timeBareClick(page))
    const estimate = await page.evaluate(() => navigator.storage.estimate())
    return {
      firstRowsMs: load.firstRowsAt,
      loadedMs: load.loadedAt,
      longestTaskMs: Math.max(0, ...load.tasks),
      longTasks: load.tasks.length,
      editMs,
      bareClickMs,
      storedBytes: estimate.usage ?? 0,
    }
  } finally {
    await page.close()
  }
}

/** Runs in the page, before its own scripts. */
function watch(): void {
  const watched: Watched = { tasks: [], firstRowsAt: 0, loadedAt: 0 }
  Object.assign(globalThis, { watched })
  new PerformanceObserver((list) => watched.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
    buffered: true,
  })
  const look = () => {
    const rows = document.querySelectorAll('tr[data-client] th')
    if (!watched.firstRowsAt && rows.length >= 10) watched.firstRowsAt = performance.now()
    const state = document.querySelector('[data-testid=sync-state]')?.textContent ?? ''
    if (watched.firstRowsAt && state.includes('All changes saved')) watched.loadedAt = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** Chooses another tier in the menu of a row. */
async function timeEdit(page: Page, row: number): Promise<number> {
  // A client whose service has ended has no menu.
  const open = page.locator('tr[data-client]:has([data-plan] svg)').nth(row)
  const client = await open.getAttribute('data-client')
  await open.locator('[data-plan]').click()
  const choice = page.locator('[role=menuitemradio][aria-checked=false]').first()
  await choice.waitFor()
  const painted = paintedAfterClick(page, `tr[data-client="${client}"] [data-col=tier]`)
  await choice.click()
  return painted
}

async function timeBareClick(page: Page): Promise<number> {
  await page.evaluate(() => {
    const button = document.body.appendChild(document.createElement('button'))
    button.id = 'bare-click'
    button.style.cssText = 'position: fixed; inset: 0 auto auto 0; z-index: 1000'
    button.textContent = 'before'
    button.addEventListener('click', () => (button.textContent = 'after'))
  })
  const button = page.locator('#bare-click')
  await button.waitFor()
  const painted = paintedAfterClick(page, '#bare-click')
  await button.click()
  const ms = await painted
  await button.evaluate((element) => element.remove())
  return ms
}

/** From the next click to the first task behind the frame in which the element has another text. */
function paintedAfterClick(page: Page, selector: string): Promise<number> {
  return page.evaluate(
    (watched) =>
      new Promise<number>((resolve) => {
        const badge = () => document.querySelector(watched)?.textContent
        const before = badge()
        const { port1, port2 } = new MessageChannel()
        let startedAt = 0
        port1.onmessage = () => resolve(performance.now() - startedAt)
        const look = () => {
          if (badge() === before) requestAnimationFrame(look)
          else port2.postMessage(null)
        }
        document.addEventListener(
          'click',
          (event) => {
            startedAt = event.timeStamp
            requestAnimationFrame(look)
          },
          { capture: true, once: true },
        )
      }),
    selector,
  )
}
