// What every end-to-end test starts from: a server, and devices whose pages must neither fail nor talk to anybody else.
import {
  test as base,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
} from '@playwright/test'
import { type SyncServer, startSyncServer } from './sync-server.ts'

/** Opens browser profiles; each is a device. */
export interface Devices {
  open(options?: BrowserContextOptions): Promise<Page>
}

/** For tests of sync: a server of its own, without a book. */
export const test = base.extend<{ server: SyncServer; devices: Devices }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures a function wants from its pattern
  server: async ({}, use) => {
    const server = await startSyncServer()
    await use(server)
    await server.close()
  },
  devices: ({ browser, server }, use) => withDevices(browser, server.url, use),
})

/** For tests of the app on one device: they share a server, which only hands out the app. */
export const localTest = base.extend<{ devices: Devices }, { site: SyncServer }>({
  site: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures a function wants from its pattern
    async ({}, use) => {
      const server = await startSyncServer()
      await use(server)
      await server.close()
    },
    { scope: 'worker' },
  ],
  devices: ({ browser, site }, use) => withDevices(browser, site.url, use),
})

export { expect }

async function withDevices(browser: Browser, baseURL: string, use: (devices: Devices) => Promise<void>): Promise<void> {
  const contexts: BrowserContext[] = []
  const problems: string[] = []
  await use({
    async open(options = {}) {
      const context = await browser.newContext({
        baseURL,
        viewport: { width: 1280, height: 800 },
        timezoneId: 'UTC',
        locale: 'en-GB',
        ...options,
      })
      contexts.push(context)
      const page = await context.newPage()
      watch(page, baseURL, problems)
      return page
    },
  })
  await Promise.all(contexts.map((context) => context.close()))
  expect(problems, 'no page fails, breaks the content security policy or asks another origin').toEqual([])
}

/** Notes what a page must never do. */
export function watch(page: Page, origin: string, problems: string[]): void {
  // What an import of a file ends with has words, and a stack that is empty.
  page.on('pageerror', ({ name, message, stack }) => problems.push(`page error: ${stack || `${name}: ${message}`}`))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) problems.push(`policy: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(http|ws)/.test(url.protocol) && url.host !== new URL(origin).host)
      problems.push(`foreign request: ${request.url()}`)
  })
}
