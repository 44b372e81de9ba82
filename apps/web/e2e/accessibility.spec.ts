// Every page: no axe violations in light, dark and forced colours, and no sideways scrolling at 320 px or at 200 % zoom.
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { addClient, changeTier, expectOverview, goTo, openRecord, setUpServer, trySample } from './steps.ts'

/**
 * With WCAG 2.5.3, label in name, whose rule axe has off unless asked for. Without lists of what passed, which take longer than the checks on a
 * page with a table, and in the page itself: the other way opens a tab to put the findings of frames together, and there are none.
 */
function violationsOf(page: Page): AxeBuilder {
  return new AxeBuilder({ page })
    .options({ resultTypes: ['violations'], rules: { 'label-content-name-mismatch': { enabled: true } } })
    .setLegacyMode(true)
}

async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // The colours of the other theme are gone with the next frame.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    const axe = violationsOf(page)
    // The markup is the same in both themes: what differs is the contrast.
    const rules =
      colorScheme === 'dark'
        ? axe.withRules(['color-contrast'])
        : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    const { violations } = await rules.analyze()
    const found = violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes
          .map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`)
          .slice(0, 3)
          .join('\n')}`,
    )
    expect(found, `${name}, ${colorScheme}`).toEqual([])
  }
}

/** What the page is seen at: the narrowest window that WCAG asks for, and 200 % zoom of a laptop. */
const windows = [
  { width: 320, height: 640 },
  { width: 640, height: 400 },
] as const

async function expectNarrow(page: Page, name: string): Promise<void> {
  for (const size of windows) {
    await page.setViewportSize(size)
    // The table chooses its columns when it is told of its new width, which is a frame or more later.
    await expect.poll(() => page.evaluate(whatDoesNotFit), { message: `${name} fits ${size.width} px` }).toEqual([])
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** Runs in the page. */
function whatDoesNotFit(): string[] {
  const cut = [...document.querySelectorAll('main *')].filter((element) => {
    const box = element.getBoundingClientRect()
    return (
      box.width > 0 &&
      box.right > innerWidth + 1 &&
      !element.closest('.overflow-x-auto, .sr-only') &&
      getComputedStyle(element).position !== 'fixed'
    )
  })
  const { scrollWidth } = document.documentElement
  return [
    ...(scrollWidth > innerWidth ? [`the page is ${scrollWidth} px wide`] : []),
    ...cut.map((element) => element.outerHTML.slice(0, 120)),
  ]
}

const mainPages = new Set(['overview', 'contested record', 'invoices', 'prices', 'reports', 'settings'])

/** Where the system chooses the colours: what is current is still marked, by more than a background. */
async function expectMarked(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
  const unmarked = await page.evaluate(() =>
    [...document.querySelectorAll('[aria-current=page], [aria-pressed=true], label:has(> input.sr-only:checked)')]
      .filter((element) => element.getClientRects().length > 0 && getComputedStyle(element).outlineStyle === 'none')
      .map((element) => element.outerHTML.slice(0, 120)),
  )
  expect(unmarked, `${name}, forced colours`).toEqual([])
  // The contrast is the system's then: a second look at the main pages finds what insists on colours of its own.
  if (mainPages.has(name)) {
    const axe = await violationsOf(page).withRules(['color-contrast']).analyze()
    expect(
      axe.violations.flatMap(({ nodes }) => nodes.map(({ html }) => html)),
      `${name}, forced colours`,
    ).toEqual([])
  }
  await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'reduce' })
}

async function expectGood(page: Page, name: string): Promise<void> {
  await expectAccessible(page, name)
  await expectMarked(page, name)
  await expectNarrow(page, name)
}

test('pages of the sample book and the first run', async ({ devices }) => {
  test.slow()
  const page = await devices.open()
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Welcome to Tierbook' })).toBeVisible()
  await expectGood(page, 'welcome')
  await trySample(page)
  await expectGood(page, 'overview')
  await page.getByRole('columnheader', { name: 'Plan' }).getByRole('button').click()
  await page.getByLabel('Search clients').fill('zzz')
  await expectGood(page, 'overview without matches')
  await page.getByLabel('Search clients').fill('')
  const contested = page.locator('tr[data-client]').filter({ hasText: 'Contested' }).first()
  for (let top = 0; !(await contested.isVisible()) && top < 15_000; top += 400) {
    await page.getByTestId('client-scroller').evaluate((element, to) => element.scrollTo({ top: to }), top)
  }
  await contested.getByRole('rowheader').getByRole('link').click()
  await expect(page.getByText('Two people changed this client')).toBeVisible()
  await expectGood(page, 'contested record')
  await goTo(page, 'Change log')
  await expectGood(page, 'change log')
  await goTo(page, 'Settings')
  await expectGood(page, 'settings')
  await page.goto('/settings/billing-overview')
  await expectOverview(page)
  await page.getByRole('button', { name: /switch book/ }).click()
  await expectAccessible(page, 'book menu')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Saved on this device' }).click()
  await expectAccessible(page, 'sync details')
})

test('billing pages of the sample book', async ({ devices }) => {
  test.slow()
  const page = await devices.open()
  await trySample(page)
  await goTo(page, 'Invoices')
  await expect(page.getByRole('button', { name: /^Seal / })).toBeEnabled()
  await expectGood(page, 'invoices')
  await page.getByRole('table', { name: 'Invoices' }).getByRole('rowheader').getByRole('button').first().click()
  await expect(page.getByRole('dialog').getByRole('table')).toBeVisible()
  await expectAccessible(page, 'an invoice')
  await page.keyboard.press('Escape')
  await page.getByLabel('Month', { exact: true }).fill(monthsAgo(2))
  await expect(page.getByTestId('seal-state')).toHaveText('Changed since it was sealed')
  await expectGood(page, 'a sealed month that changed')
  await page.getByRole('link', { name: 'Print' }).click()
  await expect(page.getByRole('button', { name: 'Print' })).toBeEnabled()
  await expectGood(page, 'print')
  await page.goto('/prices')
  await page.getByText('More terms').click()
  await expectGood(page, 'prices')
  await page.getByRole('link', { name: 'What if' }).click()
  await expect(page.getByRole('table', { name: 'The next twelve months' }).getByRole('row')).toHaveCount(13)
  for (const kind of ['A rise', 'A move', 'A price']) {
    await page.getByRole('button', { name: kind, exact: true }).click()
    await expectGood(page, `what if: ${kind}`)
  }
  await goTo(page, 'Reports')
  await expect(page.getByRole('table', { name: 'Changes by person' })).toBeVisible()
  await expectGood(page, 'reports')
})

test('imports of each kind, before a file and with its preview', async ({ devices }) => {
  test.slow()
  const page = await devices.open()
  await trySample(page)
  await goTo(page, 'Import')
  for (const [kind, rows] of Object.entries(importRows)) {
    await page.getByRole('navigation', { name: 'What the file brings' }).getByRole('link', { name: kind }).click()
    await expectGood(page, `import of ${kind}`)
    const file = { name: 'few.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) }
    await page.getByLabel(/CSV file|\.csv/).setInputFiles(file)
    await expect(page.getByRole('list', { name: /not importable/ })).toBeVisible()
    await expectGood(page, `import of ${kind}, preview`)
  }
})

const importRows = {
  History: ['Client,Tier,Tier effective', 'Abbott & Sons,Gold,2026-01-01'],
  Prices: ['Price for,Kind,Amount,From', 'Starter,tier,190,2026-01-01', 'Stater,,310,2026-01-01'],
  'Usage counts': ['Client,Unit,Quantity,Period', 'Nobody,Backup GB,5,2026-10'],
} as const

/** A month as its field takes it. */
function monthsAgo(months: number): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1)).toISOString().slice(0, 7)
}

test('pages of a book on a server, dialogs and messages', async ({ server, devices }) => {
  test.slow()
  const page = await devices.open()
  await page.goto('/join#nothing')
  await expectGood(page, 'no invite')
  await page.goto('/')
  await page.goto(server.ownerLink)
  await expect(page.getByRole('heading', { name: 'Set up this server' })).toBeVisible()
  await page.getByRole('button', { name: 'Set up' }).click()
  await expectGood(page, 'join with errors')
  await setUpServer(page, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await expectGood(page, 'empty overview')
  await page.getByRole('button', { name: 'Add the first client' }).click()
  await expect(
    page.getByRole('dialog').getByLabel('Name', { exact: true }),
    'the first field has the focus',
  ).toBeFocused()
  await expectGood(page, 'add client')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Add the first client' }), 'the focus goes back').toBeFocused()
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2099-01-15' })
  await expectGood(page, 'record with a scheduled change and a notice')
  await page.getByRole('combobox', { name: 'Service Tier' }).click()
  await expectAccessible(page, 'tier dropdown')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'End service' }).click()
  await expectAccessible(page, 'end service')
  await page.keyboard.press('Escape')
  await goTo(page, 'Devices')
  await page.getByRole('button', { name: 'Make invite link' }).click()
  await expect(page.getByRole('img', { name: 'QR code of the invite link' })).toBeVisible()
  await expectGood(page, 'devices with an invite')
  await goTo(page, 'Import')
  await page.getByLabel(/CSV file/).setInputFiles({
    name: 'few.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Client,Tier\nBright Bakery,Starter\nX,Platinum\n'),
  })
  await expect(page.getByRole('button', { name: 'Import 1 client' })).toBeVisible()
  await expectGood(page, 'import preview')
  await goTo(page, 'Settings')
  await page.getByRole('button', { name: 'Edit Starter' }).click()
  await expectAccessible(page, 'edit tier')
  await page.goto('/clients/AAAAAAAAAAAAAAAAAAAAAA')
  await expect(page.getByRole('heading', { name: 'No such client in this book' })).toBeVisible()
  await expectGood(page, 'no such client')
})

test('the whole way to a changed tier by keyboard', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await page.keyboard.press('/')
  await page.keyboard.type('abbott & sons')
  await expect(page.getByTestId('client-count')).toHaveText('1 of 300 clients')
  const grid = page.getByRole('grid', { name: 'Clients' })
  for (
    let presses = 0;
    presses < 12 && !(await grid.evaluate((element) => element === document.activeElement));
    presses++
  )
    await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Abbott & Sons', level: 1 })).toBeVisible()
  const tier = page.getByRole('combobox', { name: 'Service Tier' })
  const before = (await tier.innerText()).trim()
  await tier.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press(before === 'Enterprise' ? 'Home' : 'End')
  await page.keyboard.press('Enter')
  await expect(tier).toHaveText(before === 'Enterprise' ? 'Starter' : 'Enterprise')
  await page.getByRole('button', { name: 'Save', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText(/Abbott & Sons is on (Enterprise|Starter) now/)).toBeVisible()
})
