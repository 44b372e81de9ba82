// The table and the app by keyboard: the dropdown in the row, the grid, keys typed ahead, and the command palette.
import { expect, localTest as test } from './fixtures.ts'
import { addClient, expectOverview, goTo, openRecord, planOf, startBook, trySample } from './steps.ts'

test('the plan is changed in the row, by mouse and by keyboard, and the focus comes back', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  await addClient(page, { name: 'Bright', tier: 'Starter' })
  await planOf(page, 'Acme').getByRole('button').click()
  await page.getByRole('menuitemradio', { name: /Professional/ }).click()
  await expect(planOf(page, 'Acme')).toContainText('Professional')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(planOf(page, 'Acme')).toContainText('Starter')

  const grid = page.getByRole('grid', { name: 'Clients' })
  await grid.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('t')
  await expect(page.getByRole('menu', { name: 'Plan of Bright' })).toBeVisible()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await expect(planOf(page, 'Bright')).toContainText('Enterprise')
  await expect(grid).toBeFocused()
  await page.keyboard.press('t')
  await page.keyboard.press('Escape')
  await expect(grid).toBeFocused()
})

test('keys typed before a palette, a menu or a dialog is there reach it once it is', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  await addClient(page, { name: 'Bright', tier: 'Starter' })
  const grid = page.getByRole('grid', { name: 'Clients' })
  /** All within one task, so that nothing can have opened in between. */
  const typeAtOnce = (keys: string[]) =>
    page.evaluate((all) => {
      for (const name of all) {
        const [key = '', ctrl] = name.split('+').reverse()
        const init = { key, ctrlKey: ctrl === 'Control', bubbles: true, cancelable: true }
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', init))
      }
    }, keys)

  await grid.focus()
  await typeAtOnce(['ArrowDown', 'ArrowDown', 't', 'End', 'Enter'])
  await expect(planOf(page, 'Bright')).toContainText('Enterprise')
  await expect(grid).toBeFocused()
  await typeAtOnce(['t', 'Escape'])
  await expect(grid).toBeFocused()
  await expect(page.getByRole('menu')).toHaveCount(0)
  await typeAtOnce(['n', 'C', 'r', 'o', 'z', 'Backspace', 'w'])
  const name = page.getByRole('dialog', { name: 'Add client' }).getByLabel('Name')
  await expect(name).toHaveValue('Crow')
  await name.fill(' acme ')
  await expect(name).toHaveAccessibleDescription('There is a client named Acme already.')
  await name.fill('Acm')
  await expect(name).not.toHaveAccessibleDescription(/already/)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await typeAtOnce(['Control+k', 'a', 'c', 'm', 'e', 'Enter'])
  await expect(page.getByRole('heading', { name: 'Acme', level: 1 })).toBeVisible()
})

test('arrow keys reach every client, also beyond what is in the page, and the focus is never lost', async ({
  devices,
}) => {
  const page = await devices.open()
  await trySample(page)
  const grid = page.getByRole('grid', { name: 'Clients' })
  const active = () =>
    grid.evaluate((element) => {
      const cell = document.getElementById(element.getAttribute('aria-activedescendant') ?? '')
      return cell ? `${cell.closest('tr')?.getAttribute('aria-rowindex')} ${cell.dataset['col']}` : null
    })
  await grid.focus()
  await page.keyboard.press('ArrowDown')
  expect(await active()).toBe('2 name')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  expect(await active()).toBe('3 tier')
  await page.keyboard.press('End')
  expect(await active()).toBe('3 createdOn')
  await page.keyboard.press('Control+End')
  await expect.poll(active).toBe('301 createdOn')
  await expect(grid.locator('[data-active]')).toBeInViewport()
  await page.keyboard.press('PageUp')
  await page.keyboard.press('Home')
  const at = Number((await active())?.split(' ')[0])
  expect(at).toBeLessThan(295)
  // The row scrolls away: the focus stays, and the next key brings it back.
  await page.getByTestId('client-scroller').evaluate((element) => element.scrollTo({ top: 0 }))
  await expect(grid.locator('[data-active]')).toHaveCount(0)
  await expect(grid).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect.poll(active).toBe(`${at + 1} name`)
  await page.keyboard.press('x')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+X')
  await expect(page.getByTestId('selected-count')).toHaveText(/^[13] selected$/)
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('selected-count')).toHaveCount(0)
})

test('the palette finds clients, changes a tier, filters and goes to pages; ? lists the keys', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await addClient(page, { name: 'Bright Bakery', tier: 'Starter' })
  await page.keyboard.press('Control+k')
  const input = page.getByRole('combobox', { name: 'Type a client or a command' })
  await expect(input).toBeFocused()
  await page.keyboard.type('change acme')
  await expect(page.getByRole('option')).toHaveCount(0)
  await input.fill('acme')
  await page.getByRole('option', { name: 'Change tier of Acme Dental' }).click()
  await page.keyboard.type('ent')
  await page.keyboard.press('Enter')
  await expect(planOf(page, 'Acme Dental')).toContainText('Enterprise')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('contested')
  await page.keyboard.press('Enter')
  await expect(page.getByText('No client fits these filters.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear all' }).first().click()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('bright')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Bright Bakery', level: 1 })).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page.getByRole('heading', { name: 'Change log', level: 1 })).toBeVisible()
  for (const [key, name] of [
    ['v', 'Invoices'],
    ['r', 'Reports'],
  ] as const) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  }
  await page.keyboard.press('g')
  await page.keyboard.press('o')
  await expectOverview(page)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('Ctrl')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText(/Invoices\s*GV\s*Reports\s*GR/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await expect(page.getByRole('dialog', { name: 'Add client' })).toBeVisible()
})

test('on pages without the table, N adds a client, / searches and the palette has both; ? lists what works', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  const dialog = page.getByRole('dialog', { name: 'Add client' })
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 })
  for (const [name, client] of [
    ['Reports', 'Bright'],
    ['Change log', 'Crow'],
    ['Invoices', ''],
    ['Settings', ''],
  ] as const) {
    await goTo(page, name)
    await expect(heading(name)).toBeVisible()
    await page.keyboard.press('n')
    await expect(dialog.getByLabel('Name')).toBeFocused()
    await page.keyboard.type(client)
    await page.keyboard.press(client ? 'Enter' : 'Escape')
    await expect(dialog).toBeHidden()
    await expect(heading(name), 'the page stays').toBeVisible()
  }
  await page.keyboard.press('Control+k')
  await page.keyboard.type('add client')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')

  // A page has its own search, else the clients' is meant.
  await goTo(page, 'Change log')
  await expect(heading('Change log')).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox', { name: 'Search the log' })).toBeFocused()
  await goTo(page, 'Settings')
  await expect(heading('Settings')).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('crow')
  await expectOverview(page)
  await expect(page.getByRole('searchbox', { name: 'Search clients' })).toHaveValue('crow')
  await expect(page.getByTestId('client-count')).toContainText('1')
})

test('Escape leaves the page of a record for the table as it was, and neither a dialog nor what was typed with it', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  for (const name of ['Acme', 'Acme Two', 'Bright']) await addClient(page, { name, tier: 'Starter' })
  await page.getByRole('searchbox', { name: 'Search clients' }).fill('acme')
  await openRecord(page, 'Acme')
  const heading = (name: string) => page.getByRole('heading', { name, level: 1, exact: true })
  await page.keyboard.press('j')
  await expect(heading('Acme Two')).toBeVisible()

  await page.getByRole('button', { name: 'End service' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(heading('Acme Two')).toBeVisible()

  await page.getByLabel('Note').fill('Half a sentence')
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Note')).not.toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Note')).toHaveValue('Half a sentence')
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByLabel('Note')).toHaveValue('')
  await page.keyboard.press('Escape')
  await expectOverview(page)
  await expect(page.getByRole('searchbox', { name: 'Search clients' })).toHaveValue('acme')

  // A selection made by mouse ends with the same key.
  await page.getByRole('checkbox', { name: 'Select Acme Two' }).click()
  await expect(page.getByTestId('selected-count')).toHaveText('1 selected')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('selected-count')).toHaveCount(0)
})
