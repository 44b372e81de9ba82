// What closing a month and trying prices out does to the page's main thread, in Chromium, on the largest book that is to be closed without freezing.
import type { Page } from 'playwright-core'
import { startServer } from '../../../../scripts/test-server.mjs'
import { createBilledBook } from '../book/billed-book.ts'
import { bookId, type Books } from '../book/books.ts'
import { quantile, toTiming } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'
import { joinAsDevice, openProfile, putOnServer, seedWithinMs } from './app-with-book.ts'

const longTaskMs = 50

interface Step {
  readonly name: string
  readonly ms: number
  readonly tasks: readonly number[]
}

/** Opens the pages as a person would; each step ends when its answer is on the page. */
export async function billingPageSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const billed = await createBilledBook(books.size.clients)
  const server = await startServer()
  const profile = await openProfile()
  try {
    await putOnServer(billed, server)
    await joinAsDevice(profile.context, server.inviteLink(bookId), billed.size.clients)
    const rounds: Step[][] = []
    // A seal stays, so each round closes another month.
    for (let round = 0; round <= options.rounds; round++) {
      const page = await profile.context.newPage()
      await page.addInitScript(watchTasks)
      const steps = await closeAMonth(page, { url: server.url, round })
      if (round > 0) rounds.push(steps)
      await page.close()
    }
    const names = rounds[0]?.map(({ name }) => name) ?? []
    const of = (name: string) => rounds.flatMap((steps) => steps.filter((step) => step.name === name))
    return {
      suite: 'billing-page',
      timings: names.map((name) =>
        toTiming(
          name,
          of(name).map(({ ms }) => ms),
        ),
      ),
      bars: names.map((name) => {
        const longest = of(name).map(({ tasks }) => Math.max(0, ...tasks))
        return bar(`longest task on the main thread, ${name}`, quantile(longest, 0.5), 'ms', longTaskMs)
      }),
      notes: names.map(
        (name) =>
          `${name}: tasks over ${longTaskMs} ms: ${of(name)
            .map(({ tasks }) => `${tasks.length} (${Math.round(tasks.reduce((sum, task) => sum + task, 0))} ms)`)
            .join(', ')}`,
      ),
    }
  } finally {
    await profile.close()
    await server.close()
  }
}

/** As the page's button names a month. */
const monthAndYear = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })

async function closeAMonth(page: Page, { url, round }: { url: string; round: number }): Promise<Step[]> {
  const month = new Date(Date.UTC(2026, round, 1)).toISOString().slice(0, 7)
  const steps: Step[] = []
  const timed = async (name: string, act: () => Promise<unknown>) => {
    await page.evaluate(settled)
    const before = await page.evaluate(tasksSoFar)
    const startedAt = performance.now()
    await act()
    const ms = performance.now() - startedAt
    await page.evaluate(settled)
    steps.push({ name, ms, tasks: (await page.evaluate(tasksSoFar)).slice(before.length) })
  }
  const isReady = (name: string) => page.waitForFunction(canSeal, name, { timeout: seedWithinMs, polling: 20 })
  const named = monthAndYear.format(new Date(`${month}-01`))
  await page.goto(url)
  await page.getByText('All changes saved').first().waitFor({ timeout: seedWithinMs })
  await page.waitForTimeout(4_000) // what the page does at rest after opening is not this suite's subject
  await timed('preview of the first month', async () => {
    await page.getByRole('link', { name: 'Invoices' }).filter({ visible: true }).click()
    await isReady('Seal')
  })
  await timed('preview of another month', async () => {
    await page.getByLabel('Month').fill(month)
    await isReady(`Seal ${named}`)
  })
  await timed('seal', async () => {
    await page.getByRole('button', { name: /^Seal/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: /^Seal/ }).click()
    await page.getByText('Sealed by').first().waitFor({ timeout: seedWithinMs })
    await page.waitForFunction(isChecked, null, { timeout: seedWithinMs, polling: 20 })
  })
  await timed('what if: the first forecast', async () => {
    await page.getByRole('link', { name: 'Prices' }).click()
    await page.getByRole('link', { name: 'What if' }).click()
    await page.getByTestId('mrr-EUR').waitFor({ timeout: seedWithinMs })
  })
  await timed('what if: a price tried out', async () => {
    const price = page.getByRole('region', { name: 'Try a price' })
    await price.getByLabel('Price for').selectOption('Starter')
    await price.getByLabel('Amount').fill(String(110 + round))
    await price.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('Working it out').waitFor({ state: 'hidden', timeout: seedWithinMs })
    await page.getByRole('table', { name: 'What clients bring a month' }).waitFor({ timeout: seedWithinMs })
  })
  return steps
}

/** The following run in the page. */
function watchTasks(): void {
  const tasks: number[] = []
  Object.assign(globalThis, { tasks })
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
    buffered: true,
  })
}

function tasksSoFar(): number[] {
  return (globalThis as unknown as { tasks: number[] }).tasks
}

/** Two frames later an observer has been told of what went before. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50)))
  })
}

function canSeal(name: string): boolean {
  const button = [...document.querySelectorAll('button')].find((one) => one.textContent.startsWith(name))
  return button !== undefined && button.ariaDisabled !== 'true'
}

function isChecked(): boolean {
  const save = [...document.querySelectorAll('button')].find((one) => one.textContent.startsWith('Save'))
  return save !== undefined && save.ariaDisabled !== 'true'
}
