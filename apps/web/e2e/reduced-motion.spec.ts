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

test('with reduced motion nothing takes longer than a frame, nor would what fades one day', async ({ devices }) => {
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
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await still()
  }
  await page
    .getByRole('heading', { name: 'Settings', level: 1 })
    .evaluate((heading) => heading.style.setProperty('transition', 'color 1s'))
  await still()
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  expect(await longestMotion(page)).toBeGreaterThanOrEqual(100)
})

test('with reduced motion another theme is there at once, down to the innermost element', async ({ devices }) => {
  const page = await devices.open({ reducedMotion: 'reduce', colorScheme: 'dark' })
  await trySample(page)
  await goTo(page, 'Change log')
  await expect(page.locator('tr[data-entry]').first()).toBeVisible()
  for (const [colorScheme, ink] of [
    ['light', 'rgb(23, 23, 28)'],
    ['dark', 'rgb(236, 236, 241)'],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const seen = await page.evaluate(() => {
      const { body } = document
      const inherited = [...body.querySelectorAll('h1, tr[data-entry] td')].map(
        (element) => getComputedStyle(element).color,
      )
      return {
        body: getComputedStyle(body).color,
        inherited: [...new Set(inherited)],
        moving: document.getAnimations().length,
      }
    })
    expect(seen).toMatchObject({ body: ink, moving: 0 })
    expect(seen.inherited).toContain(ink)
  }
})
