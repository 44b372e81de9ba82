// Books for the tests of the close, made by core as a script would make them, and opened in the app from a file.
import { createId, memory, openBook, type Book, type Result } from '@tierbook/core'
import { writeBookFile } from '@tierbook/core/file'
import type { Page } from '@playwright/test'

export const october = { from: '2026-10-01', to: '2026-11-01' }
export const day = () => Date.parse('2026-11-02T09:00:00Z')
type Policy = Parameters<Book['sealRun']>[0]['sealed']['policy']
export const policy: Policy = {
  ...{ unit: 'day', denominator: 'actual', changeDay: 'new', endDay: 'free', start: 'prorate', end: 'prorate' },
  ...{ upgrade: 'now', downgrade: 'now', credit: 'capped', adjustments: 'net', rounding: 'halfUp', roundAt: 'line' },
}

/** What a command gave; a test goes no further without it. */
export async function done<T>(result: Promise<Result<T>>): Promise<T> {
  const made = await result
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}

/** A book of Ada's, in memory; the same `id` and `author` make another device of it. */
export async function scriptedBook(id = createId(), author = { id: createId(), name: 'Ada' }): Promise<Book> {
  const book = await openBook({ id, author, storage: memory(), now: day })
  await done(book.editBook({ name: 'Northwind', timeZone: 'UTC', currency: 'EUR' }))
  return book
}

/** Starter at 310.00 a month, taxed as `Zero Rated`, and Enterprise at 620.00. */
export async function setPrices(book: Book): Promise<void> {
  const terms = { effectiveOn: '2026-01-01', currency: 'EUR', interval: 'month', timing: 'arrears' } as const
  const price = (tier: string, amount: number, more = {}) =>
    done(
      book.setPrice({
        ...{ item: { kind: 'tier', tier }, ...terms, cycle: 'calendar', model: { type: 'flat', amount }, ...more },
      }),
    )
  await price('starter', 31_000, { taxCode: 'Zero Rated' })
  await price('enterprise', 62_000)
}

/** Opens the book in the app, from a file. */
export async function openScripted(page: Page, book: Book): Promise<void> {
  const file = await writeBookFile(book, { now: day })
  await book.close()
  await page.goto('/')
  await page
    .getByLabel(/Open a book file|Buchdatei öffnen/)
    .setInputFiles({ name: 'book.tierbook', mimeType: 'application/octet-stream', buffer: Buffer.from(file) })
  await page.getByRole('rowheader').first().waitFor()
}
