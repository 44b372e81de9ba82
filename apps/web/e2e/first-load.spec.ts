// What the first page loads: all JavaScript of the billing overview, compressed, stays within the budget of README.md.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, startBook } from './steps.ts'

const build = fileURLToPath(new URL('../build', import.meta.url))
const budgetBytes = 135_000 // gzip; yjs and zod/mini alone are 30 kB of it; see docs/decisions/0024

test('the first page loads no more JavaScript than its budget', async ({ devices }) => {
  // Without the worker, which fetches the other pages in the background.
  const page = await devices.open({ serviceWorkers: 'block' })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  const loaded = new Set<string>()
  // What waits for an idle page, or for seconds, is not part of the first page: a machine as slow as to be done late would count it now and then.
  await page.addInitScript(() => {
    window.requestIdleCallback = () => 0
    const { setTimeout } = window
    const soon = (work: TimerHandler, ms = 0, ...rest: unknown[]) => (ms < 2_000 ? setTimeout(work, ms, ...rest) : 0)
    window.setTimeout = soon as typeof setTimeout
  })
  await page.goto('about:blank')
  // Not before: what the page of before still fetched would count as well.
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (pathname.endsWith('.js')) loaded.add(pathname)
  })
  await page.goto('/', { waitUntil: 'networkidle' })
  await expect(page.getByRole('row', { name: 'Acme Dental' })).toBeVisible()
  const sizes = await Promise.all(
    [...loaded].map(async (path) => ({ path, bytes: gzipSync(await readFile(join(build, path))).length })),
  )
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  test
    .info()
    .annotations.push({ type: 'first page JavaScript', description: `${total} bytes gzip in ${sizes.length} files` })
  console.log(`first page JavaScript: ${total} bytes gzip in ${sizes.length} files`)
  const largest = sizes.sort((a, b) => b.bytes - a.bytes).map(({ path, bytes }) => `${bytes} ${path}`)
  expect(total, largest.join('\n')).toBeLessThanOrEqual(budgetBytes)
  const source = (await Promise.all([...loaded].map((path) => readFile(join(build, path), 'utf8')))).join('\n')
  for (const [what, mark] of [
    ['papaparse', 'escapeFormulae'],
    ['the QR encoder', 'maskPattern'],
    ['bits-ui', 'data-select-trigger'],
  ] as const) {
    expect(source.includes(mark), `${what} waits until it is wanted`).toBe(false)
  }
})

test('what writes is fetched by itself once the page is idle', async ({ devices }) => {
  const page = await devices.open({ serviceWorkers: 'block' })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  const loaded: Promise<string>[] = []
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) loaded.push(response.text().catch(() => ''))
  })
  await page.goto('/')
  // Words that only the code of a command has.
  await expect.poll(async () => (await Promise.all(loaded)).join('\n')).toContain('resume it first')
})

test('the code of the other pages is there before they are visited: once somebody is there', async ({ devices }) => {
  const page = await devices.open({ serviceWorkers: 'block' })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  const loaded = new Set<string>()
  page.on('response', (response) => loaded.add(new URL(response.url()).pathname))
  await page.goto('/', { waitUntil: 'networkidle' })
  const pages = () => [...loaded].filter((path) => path.includes('/nodes/'))
  const begun = pages()
  // Whoever listens for a first sign is itself loaded behind an idle page: a hand that rests moves again.
  let x = 400
  await expect(async () => {
    await page.mouse.move(x++, 300)
    expect(pages().length - begun.length).toBeGreaterThanOrEqual(6)
  }).toPass()
  const before = pages()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
  const late = pages().filter((path) => !before.includes(path))
  expect(late, late.join('\n')).toEqual([])
})

test('the other pages load what they show: no calendar for words, no dialog before it is asked for', async ({
  devices,
}) => {
  const page = await devices.open({ serviceWorkers: 'block' })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  // Behind an idle page comes what other pages use.
  await page.addInitScript(() => {
    window.requestIdleCallback = () => 0
  })
  for (const [path, heading, marks] of [
    ['/changes', 'Change log', { Temporal: 'PlainYearMonth', papaparse: 'escapeFormulae' }],
    ['/invoices', 'Invoices', { Temporal: 'PlainYearMonth' }],
    ['/settings', 'Settings', { 'bits-ui': 'restoreScrollDelay', 'book files': 'DecompressionStream' }],
  ] as const) {
    const loaded: Promise<string>[] = []
    // Workers load beside the page.
    page.on('response', (response) => {
      const url = response.url()
      if (url.endsWith('.js') && !url.includes('/workers/')) loaded.push(response.text().catch(() => ''))
    })
    await page.goto(path, { waitUntil: 'networkidle' })
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible()
    const source = (await Promise.all(loaded)).join('\n')
    expect(source.length).toBeGreaterThan(100_000)
    for (const [what, mark] of Object.entries(marks)) expect(source.includes(mark), `${path} loads ${what}`).toBe(false)
  }
})
