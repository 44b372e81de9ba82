// The app as it is installed: a cold start without a network, an update that asks first, and what a browser wants of a PWA.
import { chromium, type Page } from '@playwright/test'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from './fixtures.ts'
import {
  addClient,
  changeTier,
  goTo,
  openRecord,
  planOf,
  readyForOffline,
  setUpServer,
  startBook,
  syncState,
} from './steps.ts'

const build = fileURLToPath(new URL('../build', import.meta.url))

test('a cold start offline shows the table and takes edits, at a deep link too', async ({ server, devices }) => {
  const page = await devices.open()
  await setUpServer(page, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await expect(syncState(page)).toHaveText('All changes saved')
  await readyForOffline(page)
  const context = page.context()
  await openRecord(page, 'Acme Dental')
  const deepLink = page.url()
  await page.close()
  await context.setOffline(true)

  const cold = await context.newPage()
  await cold.goto('/')
  await expect(planOf(cold, 'Acme Dental')).toContainText('Starter')
  await expect(syncState(cold)).toHaveText('Offline — nothing waits to be sent')
  await cold.goto(deepLink)
  await changeTier(cold, { tier: 'Enterprise' })
  await expect(syncState(cold)).toHaveText('1 change not sent yet — offline')
  // A page that was never visited comes from the shell.
  await cold.goto('/changes?kind=tier.assigned')
  await expect(cold.getByRole('row', { name: /Starter to Enterprise/ })).toBeVisible()
  await context.setOffline(false)
  await expect(syncState(cold)).toHaveText('All changes saved', { timeout: 30_000 })
})

test('a new version is announced and applied only when the person agrees', async ({ server, devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await readyForOffline(page)
  const next = await nextBuild()
  try {
    await server.restart({ app: next })
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
    await expect(page.getByText('A new version is ready.')).toBeVisible()
    await page.getByRole('button', { name: /Add the first client/ }).click()
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Half typed')
    expect(await buildMark(page)).toBeNull()
    await expect(page.getByRole('dialog').getByLabel('Name', { exact: true })).toHaveValue('Half typed')
    await page.keyboard.press('Escape')
    // A form of the page itself: the update waits for it, even when asked.
    await page.goto('/settings')
    await page.getByLabel('Name', { exact: true }).fill('Half typed')
    await page.getByRole('button', { name: 'Update now' }).click()
    await expect(page.getByText('Save or close the form you are typing in first')).toBeVisible()
    expect(await buildMark(page)).toBeNull()
    await page.getByRole('button', { name: 'Save book' }).click()
    await expect(page.getByText('Book settings saved.')).toBeVisible()
    await goTo(page, 'Billing Overview')
    await page.getByRole('button', { name: 'Update now' }).click()
    await expect.poll(() => buildMark(page)).toBe('next')
    await expect(page.getByRole('heading', { name: 'No clients yet' })).toBeVisible()
    await expect(page.getByText('A new version is ready.')).toHaveCount(0)
  } finally {
    await rm(next, { recursive: true, force: true })
  }
})

test('a browser finds the app installable', async ({ server }) => {
  const profile = await mkdtemp(join(tmpdir(), 'tierbook-profile-'))
  const { executablePath, args } = test.info().project.use.launchOptions ?? {}
  // In a private context the answer is always "in-incognito": this needs a profile.
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath ? { executablePath } : {}),
    ...(args ? { args } : {}),
  })
  try {
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(server.url)
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    const session = await context.newCDPSession(page)
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
    expect(installabilityErrors).toEqual([])
    const { errors } = await session.send('Page.getAppManifest')
    expect(errors).toEqual([])
  } finally {
    await context.close()
    await rm(profile, { recursive: true, force: true })
  }
})

test('the page allows scripts of its own origin only', async ({ server, devices }) => {
  const page = await devices.open()
  for (const path of ['/', '/join', '/clients/AAAAAAAAAAAAAAAAAAAAAA']) {
    await page.goto(path)
    const policy = await page.locator('meta[http-equiv="content-security-policy"]').getAttribute('content')
    const scripts = /script-src ([^;]*)/.exec(policy ?? '')?.[1]
    expect(scripts, path).toMatch(/^'self' 'sha256-[^']+'$/)
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("connect-src 'self'")
  }
  const manifest = await page.request.get(`${server.url}/manifest.webmanifest`)
  expect((await manifest.json()) as unknown).toMatchObject({ name: 'Tierbook', display: 'standalone' })
})

test('over plain HTTP at another address the app works online and says what is missing', async ({
  server,
  browser,
}) => {
  // Not `localhost`: to a browser this is an insecure origin, as on a local network.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const lan = await context.newPage()
  await lan.route('http://book.lan.test/**', async (route) => {
    const url = route.request().url().replace('http://book.lan.test', server.url)
    await route.fulfill({ response: await route.fetch({ url }) })
  })
  await lan.goto('http://book.lan.test/')
  expect(await lan.evaluate(() => isSecureContext)).toBe(false)
  await lan.getByLabel('Your name').fill('Ada')
  await lan.getByLabel('Name of the book').fill('Northwind')
  await lan.getByRole('button', { name: 'Start an empty book' }).click()
  await addClient(lan, { name: 'Acme Dental', tier: 'Starter' })
  await lan.getByRole('button', { name: 'Saved on this device' }).click()
  await expect(lan.getByText(/Starting without a network needs HTTPS/)).toBeVisible()
  await context.close()
})

/** A copy of the build that differs as a deployment would: another version, another worker, a mark in its pages. */
async function nextBuild(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tierbook-next-'))
  await cp(build, folder, { recursive: true, filter: (path) => !/\.(br|gz)$/.test(path) })
  const { version } = JSON.parse(await readFile(join(build, '_app/version.json'), 'utf8')) as { version: string }
  for (const file of ['service-worker.js', '_app/version.json']) {
    const text = await readFile(join(folder, file), 'utf8')
    await writeFile(join(folder, file), text.replaceAll(version, `${version}-next`))
  }
  for (const file of ['200.html', 'index.html']) {
    const text = await readFile(join(folder, file), 'utf8')
    await writeFile(join(folder, file), text.replace('<head>', '<head><meta name="build" content="next">'))
  }
  return folder
}

function buildMark(page: Page): Promise<string | null> {
  return page
    .evaluate(() => document.querySelector('meta[name=build]')?.getAttribute('content') ?? null)
    .catch(() => 'reloading')
}
