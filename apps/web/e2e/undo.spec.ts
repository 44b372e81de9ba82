// Undo and redo as people use them: keys, the button where something was done, and a preview of what is many changes.
import { expect, localTest as test } from './fixtures.ts'
import { addClient, changeTier, goTo, openMonth, openPrices, openRecord, planOf, setPrice, startBook } from './steps.ts'

const file = ['Client;Plan;External id', 'Bright Bakery;Professional;B-1', 'Crow & Cole;Enterprise;C-1'].join('\n')

test('[UN1] [UN3] Ctrl+Z and Ctrl+Shift+Z step back and forth, also after a reload, and the button goes back', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  await openRecord(page, 'Acme')
  await changeTier(page, { tier: 'Enterprise' })
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(page.getByText('Undone: Acme.')).toBeVisible()
  await page.getByRole('button', { name: 'Redo', exact: true }).click()
  await expect(page.getByText('Done again: Acme.')).toBeVisible()

  // In a field the keys are the field's own.
  await page.getByLabel('Reason').press('Control+z')
  await goTo(page, 'Billing Overview')
  await expect(planOf(page, 'Acme')).toContainText('Enterprise')
  await page.reload()
  await expect(planOf(page, 'Acme')).toContainText('Enterprise')
  await page.keyboard.press('Control+z')
  await expect(planOf(page, 'Acme')).toContainText('Starter')
  await page.keyboard.press('Control+Shift+Z')
  await expect(planOf(page, 'Acme')).toContainText('Enterprise')
  await page.keyboard.press('Control+z')
  await expect(planOf(page, 'Acme')).toContainText('Starter')
  await page.keyboard.press('Control+y')
  await expect(planOf(page, 'Acme')).toContainText('Enterprise')
  await page.keyboard.press('Control+y')
  await expect(page.getByText('nothing you undid is left to do again')).toBeVisible()
})

test('[UN4] [UN5] an import is undone as one after its preview, and not once somebody built on it', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  await goTo(page, 'Import')
  await page
    .getByLabel(/CSV file|clients\.csv/)
    .setInputFiles({ name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
  await page.getByRole('button', { name: 'Import 2 clients' }).click()
  await page.getByRole('button', { name: 'Undo this import' }).click()
  const dialog = page.getByRole('dialog', { name: 'Undo this?' })
  await expect(dialog.getByRole('listitem')).toHaveText([/Crow & Cole.*is removed/, /Bright Bakery.*is removed/])
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  // Somebody goes on with a client of the import, in another tab.
  const elsewhere = await page.context().newPage()
  await elsewhere.goto(new URL('/', page.url()).href)
  await openRecord(elsewhere, 'Crow & Cole')
  await changeTier(elsewhere, { tier: 'Starter' })
  await elsewhere.close()
  await page.getByRole('button', { name: 'Undo this import' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Crow & Cole')
  await expect(dialog.getByRole('button', { name: 'Undo all of it' })).toBeDisabled()
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await goTo(page, 'Billing Overview')
  await expect(page.getByTestId('client-count')).toHaveText('3 clients')
  await page.keyboard.press('Control+z')
  await expect(planOf(page, 'Crow & Cole')).toContainText('Enterprise')
  const link = await page.getByRole('link', { name: 'Crow & Cole' }).first().getAttribute('href')
  await page.keyboard.press('Control+z')
  await dialog.getByRole('button', { name: 'Undo all of it' }).click()
  await expect(page.getByTestId('client-count')).toHaveText('1 client')
  // An old link, or an overview of a moment before, still leads to what the log says.
  const kept = await page.context().newPage()
  await kept.goto(new URL(link ?? '', page.url()).href)
  await expect(kept.getByRole('heading', { name: 'Crow & Cole' })).toBeVisible()
  await expect(kept.getByTestId('undone-client')).toContainText('Ada undid its adding on')
  await expect(kept.getByRole('table', { name: 'History' })).toContainText('Client added')
  await page.keyboard.press('Control+Shift+Z')
  await page.getByRole('dialog', { name: 'Do it again?' }).getByRole('button', { name: 'Do all of it again' }).click()
  await expect(page.getByTestId('client-count')).toHaveText('3 clients')
  await expect(kept.getByTestId('undone-client')).toBeHidden()
  await expect(planOf(page, 'Crow & Cole')).toContainText('Enterprise')
})

test('[UN3] [UN4] Ctrl+Z brings a deleted view back, and after an export says what stays: nothing older is taken back', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  await openRecord(page, 'Acme')
  await changeTier(page, { tier: 'Enterprise' })
  await goTo(page, 'Billing Overview')
  const display = page.getByRole('dialog', { name: 'Display' })
  const remove = display.getByRole('button', { name: 'Remove the view Mine' })
  await page.getByRole('button', { name: 'Display' }).click()
  await display.getByLabel('Name this view').fill('Mine')
  await display.getByRole('button', { name: 'Save', exact: true }).click()
  await remove.click()
  await expect(remove).toBeHidden()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+z')
  await expect(page.getByText('Undone: view “Mine”.')).toBeVisible()
  await expect(planOf(page, 'Acme')).toContainText('Enterprise')
  await page.getByRole('button', { name: 'Display' }).click()
  await expect(remove).toBeVisible()
  await page.keyboard.press('Escape')

  await openPrices(page)
  await setPrice(page, { for: 'Enterprise', amount: '620', from: '2020-01-01' })
  await page.keyboard.press('Control+z')
  await expect(page.getByText('Undone: price of Enterprise.')).toBeVisible()
  await page.keyboard.press('Control+y')
  await expect(page.getByText('Done again: price of Enterprise.')).toBeVisible()
  await openMonth(page, new Date().toISOString().slice(0, 7))
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save file' }).click()
  await saved
  await expect(page.getByRole('list', { name: 'Exported before' })).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(page.getByText('The export was the last thing you did, and it stays')).toBeVisible()
  await openPrices(page)
  await expect(page.getByRole('row', { name: /^Enterprise/ })).toContainText('620.00')
})
