// Measures, inside the page, the time from the start of a navigation to the first rows of clients on the screen.
import type { BrowserContext, Page } from 'playwright-core'

const firstRows = 10 // rows with a name: less than any window shows, more than a placeholder would have

/** Opens `url` in a fresh tab; gives ms from the navigation's start to the frame that shows the first rows. */
export async function timeFirstRows(
  context: BrowserContext,
  url: string,
): Promise<{ ms: number; names: readonly string[] }> {
  const page = await context.newPage()
  try {
    await watchRows(page)
    await page.goto(url, { waitUntil: 'commit' })
    await page.waitForFunction(() => 'firstRowsAt' in globalThis, null, { timeout: 120_000, polling: 100 })
    return await page.evaluate(() => ({
      ms: (globalThis as unknown as { firstRowsAt: number }).firstRowsAt,
      names: [...document.querySelectorAll('tr[data-client] th')].map((cell) => (cell.textContent ?? '').trim()),
    }))
  } finally {
    await page.close()
  }
}

/** Looks once a frame, in both pages alike; the time is that of the frame after the rows came. */
async function watchRows(page: Page): Promise<void> {
  await page.addInitScript((count) => {
    const look = () => {
      const rows = [...document.querySelectorAll('tr[data-client] th')].filter((cell) => cell.textContent)
      if (rows.length < count) requestAnimationFrame(look)
      else Object.assign(globalThis, { firstRowsAt: performance.now() })
    }
    requestAnimationFrame(look)
  }, firstRows)
}
