// A book as a file: saved on one device, opened on another that has no server, and back again.
import type { Page } from '@playwright/test'
import { readFile, writeFile } from 'node:fs/promises'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, changeTier, expectOverview, goTo, openRecord, planOf, startBook } from './steps.ts'

async function saveFile(page: Page, path: string): Promise<string> {
  await goTo(page, 'Settings')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save to a file' }).click()
  const file = await download
  await file.saveAs(path)
  await expect(page.getByText('Last saved on this device just now.')).toBeVisible()
  return file.suggestedFilename()
}

test('a book goes to another device in a file, both go on, and the file merges back', async ({ devices }, testInfo) => {
  const path = testInfo.outputPath('book.tierbook')
  const office = await devices.open()
  await startBook(office, { person: 'Ada', book: 'Northwind' })
  await addClient(office, { name: 'Acme Dental', tier: 'Starter' })
  expect(await saveFile(office, path)).toMatch(/^Northwind \d{4}-\d\d-\d\d\.tierbook$/)

  const home = await devices.open()
  await home.goto('/')
  await home.getByLabel('Open a book file').setInputFiles(path)
  await expectOverview(home)
  await expect(home.getByText('“Northwind” is on this device now, with 2 changes.')).toBeVisible()
  await expect(planOf(home, 'Acme Dental')).toContainText('Starter')
  await openRecord(home, 'Acme Dental')
  await changeTier(home, { tier: 'Enterprise', reason: 'Signed at home' })
  await saveFile(home, path)

  await goTo(office, 'Billing Overview')
  await addClient(office, { name: 'Bright Bakery', tier: 'Starter' })
  await goTo(office, 'Settings')
  await office.getByLabel('Bring a file in…').setInputFiles(path)
  await expect(office.getByText('1 change brought in from book.tierbook.')).toBeVisible()
  await office.getByLabel('Bring a file in…').setInputFiles(path)
  await expect(office.getByText('Everything in book.tierbook was in this book already.')).toBeVisible()
  await goTo(office, 'Billing Overview')
  await expect(planOf(office, 'Acme Dental')).toContainText('Enterprise')
  await expect(planOf(office, 'Bright Bakery')).toContainText('Starter')
  await office.reload()
  await expect(planOf(office, 'Acme Dental')).toContainText('Enterprise')
})

test('a damaged file and another kind of file are refused in words, and leave no book behind', async ({
  devices,
}, testInfo) => {
  const path = testInfo.outputPath('book.tierbook')
  const office = await devices.open()
  await startBook(office, { person: 'Ada', book: 'Northwind' })
  await addClient(office, { name: 'Acme Dental', tier: 'Starter' })
  await saveFile(office, path)
  const whole = await readFile(path)
  await writeFile(path, whole.subarray(0, whole.length - 20))

  const home = await devices.open()
  await home.goto('/')
  await home.getByLabel('Open a book file').setInputFiles(path)
  await expect(home.getByText('book.tierbook is damaged or cut off')).toBeVisible()
  await home
    .getByLabel('Open a book file')
    .setInputFiles({ name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from('Client name;Plan') })
  await expect(home.getByText('clients.csv is not a book that Tierbook saved.')).toBeVisible()
  await expect(home.getByRole('heading', { name: /Start another book/ })).toHaveCount(0)
})

test('the installed app opens book files and CSV files of the operating system', async ({ devices }) => {
  const page = await devices.open()
  await page.goto('/')
  const manifest = (await (await page.request.get('/manifest.webmanifest')).json()) as {
    file_handlers: { action: string; accept: Record<string, string[]> }[]
    shortcuts: { url: string }[]
  }
  expect(manifest.file_handlers.map(({ action, accept }) => [action, Object.values(accept).flat()])).toEqual([
    ['/welcome', ['.tierbook']],
    ['/import', ['.csv']],
  ])
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  // The queue is the browser's; headless Chromium installs nothing, so it is played here as the specification has it.
  await page.addInitScript(() => {
    const file = new File(['Client name,Plan\nAcme Dental,Starter\n'], 'clients.csv', { type: 'text/csv' })
    Object.defineProperty(globalThis, 'launchQueue', {
      value: {
        setConsumer: (take: (launch: object) => void) => take({ files: [{ getFile: () => Promise.resolve(file) }] }),
      },
    })
  })
  await page.goto('/import')
  await expect(page.getByText('clients.csv')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Import 1 client' })).toBeVisible()
  for (const { url } of manifest.shortcuts) expect((await page.request.get(url)).status()).toBe(200)
})
