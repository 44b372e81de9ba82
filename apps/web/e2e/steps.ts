// What people do in the app, in the words of the interface.
import { expect as plainExpect, type Page } from '@playwright/test'

// Screenshots and kills are made without the tests' configuration, and wait as long as tests do.
const expect = plainExpect.configure({ timeout: 30_000 })

/** Opens an owner link of a server without a book and starts one there. */
export async function setUpServer(page: Page, link: string, options: { person: string; book: string }): Promise<void> {
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Set up this server' })).toBeVisible()
  await page.getByRole('radio', { name: /Start a new book/ }).check()
  await page.getByLabel('Name of the book').fill(options.book)
  await page.getByLabel('Your name').fill(options.person)
  await page.getByRole('button', { name: 'Set up' }).click()
  await expectOverview(page)
}

/** Opens an invite link to an existing book and joins. */
export async function joinBook(page: Page, link: string, person: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Your name').fill(person)
  await page.getByRole('button', { name: 'Join' }).click()
  await expectOverview(page)
}

/** Makes an invite link on the devices page. */
export async function inviteLink(page: Page, role: 'owner' | 'editor' | 'viewer'): Promise<string> {
  await goTo(page, 'Devices')
  await page.getByLabel('Role', { exact: true }).selectOption(role)
  await page.getByRole('button', { name: 'Make invite link' }).click()
  const link = await page.getByLabel(/Invite link for one/).inputValue()
  await goTo(page, 'Billing Overview')
  return link
}

/** Starts an empty book on this device. */
export async function startBook(page: Page, options: { person: string; book: string }): Promise<void> {
  await page.goto('/')
  await page.getByLabel('Your name').fill(options.person)
  await page.getByLabel('Name of the book').fill(options.book)
  await page.getByRole('button', { name: 'Start an empty book' }).click()
  await expectOverview(page)
}

/** Makes and opens the sample book. */
export async function trySample(page: Page): Promise<void> {
  await page.goto('/')
  await page.getByRole('button', { name: 'Try with sample data' }).click()
  await expectOverview(page)
  await expect(page.getByTestId('client-count')).toHaveText('300 clients')
}

/** Follows the navigation, as a person does: without a load of the page. */
export async function goTo(
  page: Page,
  name: 'Billing Overview' | 'Invoices' | 'Reports' | 'Change log' | 'Import' | 'Devices' | 'Settings',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).filter({ visible: true }).getByRole('link', { name }).click()
}

export async function expectOverview(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Billing Overview', level: 1 })).toBeVisible()
}

/** Adds a client on the overview. */
export async function addClient(page: Page, client: { name: string; tier?: string }): Promise<void> {
  await page
    .getByRole('button', { name: /^Add (client|the first client)$/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: 'Add client' })
  await dialog.getByLabel('Name', { exact: true }).fill(client.name)
  if (client.tier) await chooseTier(page, client.tier)
  await dialog.getByRole('button', { name: 'Add client' }).click()
  await expect(dialog).toBeHidden()
}

/** Opens a client's billing record from the table. */
export async function openRecord(page: Page, client: string): Promise<void> {
  await page.getByRole('row', { name: client }).getByRole('link', { name: client, exact: true }).click()
  await expect(page.getByRole('heading', { name: client, level: 1 })).toBeVisible()
}

/** Changes the tier on the open billing record. */
export async function changeTier(
  page: Page,
  change: { tier: string; reason?: string; effectiveOn?: string },
): Promise<void> {
  await chooseTier(page, change.tier)
  if (change.effectiveOn) await page.getByLabel('Effective date').fill(change.effectiveOn)
  if (change.reason) await page.getByLabel('Reason').fill(change.reason)
  await page.getByRole('button', { name: /^(Save|Schedule)$/ }).click()
  await expect(page.getByRole('button', { name: 'Undo', exact: true }).last()).toBeVisible()
}

async function chooseTier(page: Page, tier: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Service tier' }).click()
  await page.getByRole('option', { name: tier }).click()
}

/** Follows the navigation to the price book. */
export async function openPrices(page: Page): Promise<void> {
  await openInvoices(page)
  await page.getByRole('link', { name: 'Prices', exact: true }).click()
  await expect(priceForm(page)).toBeVisible()
}

/** The form of the price book. */
export function priceForm(page: Page) {
  return page.getByRole('region', { name: 'Set a price' })
}

/** Sets a price on the price book's page; terms beyond these are filled in before, the form keeps them. */
export async function setPrice(page: Page, price: { for: string; amount: string; from?: string }): Promise<void> {
  const form = priceForm(page)
  await form.getByLabel('Price for').selectOption(price.for)
  await form.getByLabel('Amount').fill(price.amount)
  if (price.from) await form.getByLabel('From', { exact: true }).fill(price.from)
  await form.getByRole('button', { name: 'Set price' }).click()
  await expect(page.getByRole('row', { name: new RegExp(`^${price.for}`) }).first()).toBeVisible()
}

/** Opens the invoices of a month, `YYYY-MM`. */
export async function openMonth(page: Page, month: string): Promise<void> {
  await openInvoices(page)
  await page.getByLabel('Month', { exact: true }).fill(month)
}

/** Seals the month that is open, `October 2026`, and says yes to the question. */
export async function sealMonth(page: Page, month: string): Promise<void> {
  const button = { name: `Seal ${month}` }
  await page.getByRole('button', button).click()
  await page
    .getByRole('dialog', { name: `Seal ${month}?` })
    .getByRole('button', button)
    .click()
}

/** Waits for the page: others have links of the same names, such as the prices of an import. */
async function openInvoices(page: Page): Promise<void> {
  await goTo(page, 'Invoices')
  await expect(page.getByRole('heading', { name: 'Invoices', level: 1 })).toBeVisible()
}

/** The plan that the table shows for a client. */
export function planOf(page: Page, client: string) {
  return page.getByRole('row', { name: client }).locator('[data-col=tier]')
}

/** The rows of the table as text, in the order shown. */
export async function tableRows(page: Page): Promise<string[]> {
  const rows = await page.locator('tr[data-client]').all()
  return Promise.all(
    rows.map(async (row) =>
      (await row.locator('[data-col=name], [data-col=tier]').allInnerTexts()).join(' | ').replaceAll(/\s+/g, ' '),
    ),
  )
}

/** What the sync state says. */
export function syncState(page: Page) {
  return page.getByTestId('sync-state').filter({ visible: true })
}

/** Waits until the service worker controls the page, so that it starts without a network. */
export async function readyForOffline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      )
    }
  })
}
