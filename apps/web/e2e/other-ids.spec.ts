// A client's ids in several systems: entered in its record, found by the search, logged, undone, exported, and met by an import.
import { readFile } from 'node:fs/promises'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, startBook } from './steps.ts'

for (const [device, viewport] of [
  ['a desktop', { width: 1280, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
] as const) {
  test(`ids in other systems are entered by keyboard, searched, logged, exported and met by an import, on ${device}`, async ({
    devices,
  }) => {
    const page = await devices.open()
    // Names in the navigation are shorter on a phone.
    const goTo = (href: string) => page.locator(`nav a[href="${href}"]`).filter({ visible: true }).click()
    await startBook(page, { person: 'Ada', book: 'Northwind' })
    await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
    await page.setViewportSize(viewport)
    // One whose id elsewhere is known when it is added.
    await page.getByRole('button', { name: 'Add client' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add client' })
    await dialog.getByLabel('Name', { exact: true }).fill('Bolt')
    await dialog.getByRole('button', { name: 'Add an id' }).click()
    await page.keyboard.type('Ninja RMM')
    await dialog.getByRole('button', { name: 'Add client' }).click()
    await expect(dialog.getByRole('alert')).toHaveText('Give both the system and the id.')
    await dialog.getByRole('textbox', { name: 'Id', exact: true }).fill('n-77')
    await dialog.getByRole('button', { name: 'Add client' }).click()
    await expect(dialog).toBeHidden()
    await page.getByRole('searchbox').fill('n-77')
    await expect(page.getByTestId('client-count')).toHaveText('1 of 2 clients')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('link', { name: 'Acme Dental' }).first().click()

    const ids = page.getByRole('group', { name: 'Ids in other systems' })
    await ids.getByRole('button', { name: 'Add an id' }).focus()
    await page.keyboard.press('Enter')
    // The line's first field has the focus.
    await page.keyboard.type('Xero')
    await page.getByRole('button', { name: 'Save details' }).click()
    await expect(ids.getByRole('alert')).toHaveText('Give both the system and the id.')
    await ids.getByRole('textbox', { name: 'Id', exact: true }).fill('DEB-204')
    await page.getByRole('button', { name: 'Save details' }).click()
    await expect(ids.getByRole('textbox', { name: 'Xero' })).toHaveValue('DEB-204')
    await expect(page.getByText('Xero DEB-204').first()).toBeVisible()
    await expect(page.getByRole('region', { name: 'History' })).toContainText('id in Xero “DEB-204”')

    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await expect(ids.getByRole('textbox')).toHaveCount(0)
    await page.keyboard.press('Control+y')
    await expect(ids.getByRole('textbox', { name: 'Xero' })).toHaveValue('DEB-204')

    await goTo('/')
    await page.getByRole('searchbox').fill('deb-2')
    await expect(page.getByTestId('client-count')).toHaveText('1 of 2 clients')
    await page.getByRole('searchbox').fill('')
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    const csv = await readFile(await (await downloading).path(), 'utf8')
    expect(csv).toContain('External id (Xero)')

    // The file of another system knows the client by that system's number only.
    await goTo('/import')
    await page.locator('input[type=file]').setInputFiles({
      name: 'xero.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('Client,Xero ID,Ninja\nAcme Dental GmbH,DEB-204,n-1\nCargo,DEB-205,n-2\n'),
    })
    await page.getByRole('textbox', { name: 'Ids of another system' }).fill('Ninja RMM')
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'External id (Ninja RMM)' }).selectOption({ label: 'Ninja' })
    await page.getByRole('button', { name: 'Import 2 clients' }).click()
    await goTo('/')
    await page.getByRole('link', { name: 'Acme Dental GmbH' }).first().click()
    await expect(ids.getByRole('textbox', { name: 'Ninja RMM' })).toHaveValue('n-1')
    await ids.getByRole('button', { name: 'Take away the id in Xero' }).click()
    await page.getByRole('button', { name: 'Save details' }).click()
    await expect(ids.getByRole('textbox', { name: 'Xero' })).toHaveCount(0)
    await expect(page.getByRole('region', { name: 'History' })).toContainText(/id in Xero/)
  })
}
