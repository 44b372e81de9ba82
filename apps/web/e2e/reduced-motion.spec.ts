// Who asks for less motion gets none: nothing moves or fades, on the pages and in what opens over them.
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { goTo, trySample } from './steps.ts'

/** The longest that anything on the page takes to move or fade, ms. */
const longestMotion = (page: Page) =>
  page.evaluate(() => {
    const ms = (list: string) =>
      list.split(',').map((text) => parseFloat(text) * (text.trim().endsWith('ms') ? 1 : 1000))
    return Math.max(
      ...[...document.querySelectorAll('*')].flatMap((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element)
        return [...ms(transitionDuration), ...ms(animationDuration)]
      }),
    )
  })

test('with reduced motion nothing takes longer than a frame; without it there is something to reduce', async ({
  devices,
}) => {
  const page = await devices.open({ reducedMotion: 'reduce' })
  await trySample(page)
  const still = async () => expect(await longestMotion(page)).toBeLessThan(1)
  await still()
  await page.getByRole('button', { name: 'Add client' }).click()
  await expect(page.getByRole('dialog', { name: 'Add client' })).toBeVisible()
  await still()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog').first()).toBeVisible()
  await still()
  await page.keyboard.press('Escape')
  for (const name of ['Change log', 'Invoices', 'Reports', 'Settings'] as const) {
    await goTo(page, name)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await still()
  }
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  expect(await longestMotion(page)).toBeGreaterThanOrEqual(100)
})
