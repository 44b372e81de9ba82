// A browser profile that was copied, as a new laptop is set up from an old one's disk: both go on with one device's id, key and stored book.
import { expect, test } from '@playwright/test'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChromium } from './chromium-process.ts'
import { addClient, expectOverview, setUpServer, syncState, tableRows } from './steps.ts'
import { startSyncServer } from './sync-server.ts'

test('[F40] a cloned profile edits beside its original: both edits stay, and both show the same', async () => {
  test.setTimeout(180_000)
  const server = await startSyncServer()
  const folder = await mkdtemp(join(tmpdir(), 'tierbook-clone-'))
  const [original, clone] = [join(folder, 'original'), join(folder, 'clone')]
  const running: { kill(): Promise<void> }[] = []
  const start = async (profile: string) => {
    const browser = await startChromium(profile)
    running.push(browser)
    return browser
  }
  try {
    const first = await start(original)
    await first.page.goto(server.url)
    await setUpServer(first.page, server.ownerLink, { person: 'Ada', book: 'Northwind' })
    await addClient(first.page, { name: 'Acme Dental', tier: 'Starter' })
    await expect(syncState(first.page)).toHaveText('All changes saved')
    await running.pop()?.kill()
    await cp(original, clone, { recursive: true, filter: (path) => !/Singleton(Lock|Socket|Cookie)$/.test(path) })

    const pages = [(await start(original)).page, (await start(clone)).page]
    for (const page of pages) {
      await page.goto(server.url)
      await expectOverview(page)
      await expect(page.getByTestId('client-count')).toHaveText('1 client')
    }
    await Promise.all(pages.map((page, place) => addClient(page, { name: `Written by ${place}`, tier: 'Starter' })))
    for (const page of pages) {
      await expect(page.getByTestId('client-count')).toHaveText('3 clients', { timeout: 30_000 })
      await expect(syncState(page)).toHaveText('All changes saved')
    }
    expect(await tableRows(pages[1]!)).toEqual(await tableRows(pages[0]!))
  } finally {
    for (const browser of running) await browser.kill()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
})
