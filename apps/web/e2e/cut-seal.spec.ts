// A seal of several parts whose device went away after the first: what is left of it counts for nothing, is said, and stands in nobody's way.
import { createId, memory, openBook, type Book } from '@tierbook/core'
import { writeBookFile } from '@tierbook/core/file'
import * as Y from 'yjs'
import { expect, localTest as test } from './fixtures.ts'
import { openMonth } from './steps.ts'

const october = { from: '2026-10-01', to: '2026-11-01' }
const day = () => Date.parse('2026-11-02T09:00:00Z')
const policy = {
  ...{ unit: 'day', denominator: 'actual', changeDay: 'new', endDay: 'free', start: 'prorate', end: 'prorate' },
  ...{ upgrade: 'now', downgrade: 'now', credit: 'capped', adjustments: 'net', rounding: 'halfUp', roundAt: 'line' },
} as Parameters<Book['sealRun']>[0]['sealed']['policy']

test('[PB3] what is left of a seal that was cut off is said, and the month is sealed again', async ({ devices }) => {
  const page = await devices.open()
  await page.goto('/')
  await page.getByLabel('Open a book file').setInputFiles({
    name: 'book.tierbook',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(await bookWithCutSeal()),
  })
  await expect(page.getByRole('row', { name: 'Acme Dental' })).toBeVisible()
  await openMonth(page, '2026-10')
  const cut = page.getByTestId('cut-seal')
  await expect(cut).toContainText(/^Ada began to seal 1 Oct 2026 – 31 Oct 2026, .*; parts that are not here: 1\./)
  await expect(cut).toContainText('If it was cut off, seal the month again.')
  await expect(page.getByTestId('seal-state')).toHaveText('Preview: nothing is sealed yet')
  await page.getByRole('button', { name: 'Seal October 2026' }).click()
  await expect(page.getByTestId('seal-state')).toHaveText('Sealed')
  await expect(cut).toContainText('The seal above took its place.')
})

/** A book whose October was sealed in two actions, of which the second was never written. */
async function bookWithCutSeal(): Promise<Uint8Array> {
  const [id, author] = [createId(), { id: createId(), name: 'Ada' }]
  const book = await openBook({ id, author, storage: memory(), now: day })
  await book.editBook({ name: 'Northwind', timeZone: 'UTC', currency: 'EUR' })
  const added = await book.addClient({ name: 'Acme Dental', tier: 'starter', createdOn: '2026-01-01' })
  if (!added.ok) throw new Error(added.error.message)
  await book.setPrice({
    ...{ item: { kind: 'tier', tier: 'starter' }, effectiveOn: '2026-01-01', currency: 'EUR', interval: 'month' },
    ...{ timing: 'arrears', cycle: 'calendar', model: { type: 'flat', amount: 31_000 } },
  })
  const cut = await openBook({ id, author, storage: memory(), now: day })
  Y.applyUpdate(cut.doc, Y.encodeStateAsUpdate(book.doc))
  const parts: Uint8Array[] = []
  book.doc.on('update', (update: Uint8Array) => parts.push(update))
  const line = { item: 'tier:starter', cycle: october, ...october, quantity: '1', amount: 31_000, price: null }
  const invoices = Array.from({ length: 500 }, (_, place) => ({
    ...{ number: `2026-10-${place}`, client: added.value.id, currency: 'EUR', total: 31_000, lines: [line] },
  }))
  const sealed = await book.sealRun({ sealed: { period: october, policy, hash: 'A'.repeat(43), invoices }, prefix: '' })
  if (!sealed.ok || parts.length !== 2) throw new Error(`expected a seal of two parts, got ${parts.length}`)
  Y.applyUpdate(cut.doc, parts[0] ?? new Uint8Array())
  const file = await writeBookFile(cut, { now: day })
  await Promise.all([book.close(), cut.close()])
  return file
}
