// What every end-to-end test starts from: a server of its own, and devices whose pages must neither fail nor talk to anybody else.
import { test as base, type BrowserContext, type BrowserContextOptions, expect, type Page } from '@playwright/test'
import { type SyncServer, startSyncServer } from './sync-server.ts'

/** Opens browser profiles; each is a device. */
export interface Devices {
  open(options?: BrowserContextOptions): Promise<Page>
}

export const test = base.extend<{ server: SyncServer; devices: Devices }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures a function wants from its pattern
  server: async ({}, use) => {
    const server = await startSyncServer()
    await use(server)
    await server.close()
  },
  devices: async ({ browser, server }, use) => {
    const contexts: BrowserContext[] = []
    const problems: string[] = []
    await use({
      async open(options = {}) {
        const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1280, height: 800 }, timezoneId: 'UTC', ...options })
        contexts.push(context)
        const page = await context.newPage()
        watch(page, server.url, problems)
        return page
      },
    })
    await Promise.all(contexts.map((context) => context.close()))
    expect(problems, 'no page fails, breaks the content security policy or asks another origin').toEqual([])
  },
})

export { expect }

/** Notes what a page must never do. */
export function watch(page: Page, origin: string, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(`page error: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) problems.push(`policy: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(http|ws)/.test(url.protocol) && url.host !== new URL(origin).host) problems.push(`foreign request: ${request.url()}`)
  })
}
