// Adds a client, kills the browser the moment the app says "saved", starts it again on the same profile, and looks whether all clients are there.
import { expect, type Page } from '@playwright/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChromium } from './chromium-process.ts'
import { addClient, expectOverview } from './steps.ts'
import { startSyncServer } from './sync-server.ts'

/** What a run found. */
export interface KillReport {
  readonly kills: number
  /** Names that the app had called saved and that were gone after a restart. */
  readonly lost: readonly string[]
}

/** Runs `kills` rounds; `tell` is called after each. */
export async function runKills(options: { kills: number; tell?: (kill: number) => void }): Promise<KillReport> {
  const server = await startSyncServer()
  const profile = await mkdtemp(join(tmpdir(), 'tierbook-kills-'))
  const lost: string[] = []
  const saved: string[] = []
  try {
    for (let kill = 0; kill <= options.kills; kill++) {
      const { page, kill: end } = await startChromium(profile)
      try {
        await page.goto(server.url)
        if (kill === 0) await startBook(page)
        await expectOverview(page)
        lost.push(...(await findLost(page, saved)))
        if (kill === options.kills) break
        const name = `Client ${String(kill).padStart(4, '0')}`
        await addClient(page, { name })
        await page.waitForFunction(
          (count) =>
            document.querySelector('[data-testid="sync-state"]')?.textContent === 'Saved on this device' &&
            Number.parseInt(document.querySelector('[data-testid="client-count"]')?.textContent ?? '', 10) === count,
          saved.length - lost.length + 1,
          { polling: 'raf' },
        )
        saved.push(name)
      } finally {
        await end()
      }
      options.tell?.(kill + 1)
    }
    return { kills: options.kills, lost }
  } finally {
    await server.close()
    await rm(profile, { recursive: true, force: true })
  }
}

async function startBook(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('Name of the book').fill('Northwind')
  await page.getByRole('button', { name: 'Start an empty book' }).click()
}

/** The count tells at once that all are there; only where it does not is every name looked for. */
async function findLost(page: Page, saved: readonly string[]): Promise<readonly string[]> {
  if (saved.length === 0) return []
  const count = page.getByTestId('client-count')
  const all = new RegExp(`^${saved.length} clients?$`)
  const isWhole = await expect(count)
    .toHaveText(all)
    .then(
      () => true,
      () => false,
    )
  const search = page
    .getByRole('textbox', { name: /search/i })
    .or(page.getByRole('searchbox'))
    .first()
  const gone: string[] = []
  for (const name of isWhole ? saved.slice(-1) : saved) {
    await search.fill(name)
    const row = page.getByRole('row', { name })
    const isThere = await expect(row)
      .toBeVisible({ timeout: 3_000 })
      .then(
        () => true,
        () => false,
      )
    if (!isThere) gone.push(name)
  }
  await search.fill('')
  return gone
}
