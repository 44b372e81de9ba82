// What a billing admin does in a session, in the words of the interface: each step is one person's action, waited for until it shows.
import type { Page } from 'playwright-core'

/** One action. */
export interface Action {
  readonly name: string
  act(page: Page): Promise<void>
}

const rows = (page: Page) => page.locator('tr[data-client]')
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search clients' })
const grid = (page: Page) => page.getByRole('grid', { name: 'Clients' })
const panel = (page: Page) => page.getByTestId('record-panel')

/** In this order; the first and the last page is the overview. The window is wide enough for a record beside the table. */
export const actions: readonly Action[] = [
  { name: 'search: first letter', act: (page) => search(page).press('a') },
  { name: 'search: three letters more', act: (page) => search(page).pressSequentially('dam', { delay: 60 }) },
  { name: 'search: cleared by Escape', act: (page) => search(page).press('Escape') },
  { name: 'sort by activity', act: (page) => page.getByRole('button', { name: 'Last Activity' }).click() },
  { name: 'sort by plan', act: (page) => page.getByRole('button', { name: 'Plan', exact: true }).click() },
  { name: 'sort by client', act: (page) => page.getByRole('button', { name: 'Client', exact: true }).click() },
  {
    name: 'filters opened',
    async act(page) {
      await page.getByRole('button', { name: 'Filter', exact: true }).click()
      await page.getByRole('checkbox', { name: 'Contested tier' }).waitFor()
    },
  },
  {
    name: 'filter: contested',
    async act(page) {
      await page.getByRole('checkbox', { name: 'Contested tier' }).check()
      await page.getByRole('button', { name: 'Clear all' }).last().waitFor()
    },
  },
  {
    name: 'filters cleared',
    async act(page) {
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Clear all' }).last().click()
    },
  },
  {
    name: 'grid: ten rows down by keyboard',
    async act(page) {
      await grid(page).focus()
      for (let row = 0; row < 10; row++) await page.keyboard.press('ArrowDown')
    },
  },
  { name: 'grid: to the last client', act: (page) => page.keyboard.press('Control+End') },
  { name: 'grid: to the first client', act: (page) => page.keyboard.press('Control+Home') },
  {
    name: 'plan menu opened in the row',
    async act(page) {
      await page.locator('tr[data-client]:has([data-plan] svg) [data-plan]').first().click()
      await page.getByRole('menuitemradio').first().waitFor()
    },
  },
  {
    name: 'plan changed in the row',
    async act(page) {
      await page.locator('[role=menuitemradio][aria-checked=false]').first().click()
      await page.getByRole('button', { name: 'Undo', exact: true }).first().waitFor()
    },
  },
  { name: 'change undone', act: (page) => page.getByRole('button', { name: 'Undo', exact: true }).first().click() },
  { name: 'a row selected', act: (page) => rows(page).first().getByRole('checkbox').click() },
  {
    name: 'all rows selected',
    act: (page) => page.getByRole('checkbox', { name: 'Select all clients shown' }).click(),
  },
  {
    name: 'bulk change opened, with its preview',
    async act(page) {
      await page.getByRole('toolbar').getByRole('button', { name: 'Change tier' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'bulk change cancelled', act: (page) => page.keyboard.press('Escape') },
  {
    name: 'selection cleared',
    act: (page) => page.getByRole('checkbox', { name: 'Select all clients shown' }).click(),
  },
  {
    name: 'record opened beside the table',
    async act(page) {
      await rows(page).nth(3).getByRole('link').first().click()
      await panel(page).waitFor()
    },
  },
  { name: 'next client beside the table', act: (page) => page.keyboard.press('j') },
  {
    name: 'record beside the table closed',
    async act(page) {
      await page.keyboard.press('Escape')
      await panel(page).waitFor({ state: 'detached' })
    },
  },
  {
    name: 'palette opened',
    async act(page) {
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'palette: a client looked for', act: (page) => page.keyboard.type('adam', { delay: 60 }) },
  { name: 'palette closed', act: (page) => page.keyboard.press('Escape') },
  {
    name: 'client added',
    async act(page) {
      await page.getByRole('button', { name: 'Add client' }).click()
      await page.getByRole('dialog').getByLabel('Name').fill(`Zeta ${Date.now()}`)
      await page.getByRole('dialog').getByRole('button', { name: 'Add client' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    },
  },
  ...toPage('Change log', 'Change log'),
  {
    name: 'change log: one kind',
    // By keyboard: a choice that a script makes is no interaction to the browser.
    async act(page) {
      await page.getByRole('combobox', { name: 'Kind', exact: true }).focus()
      await page.keyboard.type('Client')
    },
  },
  {
    name: 'change log: searched',
    act: (page) => page.getByRole('searchbox', { name: 'Search the log' }).pressSequentially('re', { delay: 60 }),
  },
  ...toPage('Invoices', 'Invoices'),
  ...toPage('Reports', 'Reports'),
  ...toPage('Import', 'Import'),
  ...toPage('Devices', 'Devices'),
  ...toPage('Settings', 'Settings'),
  { name: 'dark theme', act: (page) => page.locator('label', { hasText: 'Dark' }).click() },
  { name: 'light theme', act: (page) => page.locator('label', { hasText: 'Light' }).click() },
  ...toPage('Billing Overview', 'Billing Overview'),
]

function toPage(link: string, heading: string): Action[] {
  return [
    {
      name: `to the page ${link}`,
      async act(page) {
        await page.getByRole('navigation').getByRole('link', { name: link, exact: true }).first().click()
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
      },
    },
  ]
}
