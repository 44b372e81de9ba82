// A seal of several parts whose device went away after the first: what is left of it counts for nothing, is said, and stands in nobody's way.
import { createId, memory, openBook, type Book } from '@tierbook/core'
import * as Y from 'yjs'
import { day, done, october, openScripted, policy, scriptedBook, setPrices } from './billing-book.ts'
import { expect, localTest as test } from './fixtures.ts'
import { openMonth, sealMonth } from './steps.ts'

test('[PB3] what is left of a seal that was cut off is said, and the month is sealed again', async ({ devices }) => {
  const page = await devices.open()
  await openScripted(page, await bookWithCutSeal())
  await openMonth(page, '2026-10')
  const cut = page.getByTestId('cut-seal')
  await expect(cut).toContainText(/^Ada began to seal 1 Oct 2026 – 31 Oct 2026, .*; parts that are not here: 1\./)
  await expect(cut).toContainText('If it was cut off, seal the month again.')
  await expect(page.getByTestId('seal-state')).toHaveText('Preview: nothing is sealed yet')
  await sealMonth(page, 'October 2026')
  await expect(page.getByTestId('seal-state')).toHaveText('Sealed')
  await expect(cut).toContainText('The seal above took its place.')
})

/** A book whose October was sealed in two actions, of which the second was never written. */
async function bookWithCutSeal(): Promise<Book> {
  const [id, author] = [createId(), { id: createId(), name: 'Ada' }]
  const book = await scriptedBook(id, author)
  const client = await done(book.addClient({ name: 'Acme Dental', tier: 'starter', createdOn: '2026-01-01' }))
  await setPrices(book)
  const cut = await openBook({ id, author, storage: memory(), now: day })
  Y.applyUpdate(cut.doc, Y.encodeStateAsUpdate(book.doc))
  const parts: Uint8Array[] = []
  book.doc.on('update', (update: Uint8Array) => parts.push(update))
  const line = { item: 'tier:starter', cycle: october, ...october, quantity: '1', amount: 31_000, price: null }
  const invoices = Array.from({ length: 500 }, (_, place) => ({
    ...{ number: `2026-10-${place}`, client: client.id, currency: 'EUR', total: 31_000, lines: [line] },
  }))
  await done(book.sealRun({ sealed: { period: october, policy, hash: 'A'.repeat(43), invoices }, prefix: '' }))
  if (parts.length !== 2) throw new Error(`expected a seal of two parts, got ${parts.length}`)
  Y.applyUpdate(cut.doc, parts[0] ?? new Uint8Array())
  await book.close()
  return cut
}
