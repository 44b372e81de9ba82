import { decodeReceiptPage, type ReceiptPage, type ReceiptPosition } from '@tierbook/core/protocol'
import { createDecoder, readVarUint } from 'lib0/decoding'
import { expect, test } from 'vitest'
import type { StoredReceipts } from '../storage/storage.ts'
import { writeReceiptPage } from './receipts.ts'

const rows: StoredReceipts[] = Array.from({ length: 250 }, (_, i) => ({
  seq: (i + 1) * 2,
  receivedAt: 1000 + i,
  actions: Array.from({ length: 100 }, (_, j) => `session.${i * 100 + j}`),
}))
const storage = {
  async *receipts(_book: string, { after }: { after: number }) {
    yield* rows.filter(({ seq }) => seq > after)
  },
}
const book = { book: 'b', generation: 2, seq: 501 }

async function ask(position: ReceiptPosition): Promise<ReceiptPage> {
  const { frame } = await writeReceiptPage(storage, book, position)
  const decoder = createDecoder(frame)
  readVarUint(decoder)
  return decodeReceiptPage(decoder)
}

test('[TL5] a long history comes in bounded pages, each from where the last ended, and whole', async () => {
  const pages = [await ask({ generation: 2, seq: 0 })]
  for (let page = pages[0]; page && !page.isLast; page = pages.at(-1))
    pages.push(await ask({ generation: 2, seq: page.to }))
  expect(pages.map(({ from, to, isLast }) => [from, to, isLast])).toEqual([
    [0, 200, false],
    [200, 400, false],
    [400, 501, true],
  ])
  expect(pages.flatMap(({ receipts }) => receipts.map(({ action }) => action))).toEqual(
    rows.flatMap(({ actions }) => actions),
  )
})

test('[TL5] whoever knows all gets an empty page, whoever knows another history gets this one from the start', async () => {
  expect(await ask({ generation: 2, seq: 501 })).toMatchObject({ from: 501, to: 501, isLast: true, receipts: [] })
  expect(await ask({ generation: 1, seq: 501 })).toMatchObject({ generation: 2, from: 0, to: 200 })
  expect(await ask({ generation: 2, seq: 502 })).toMatchObject({ from: 0, to: 200 })
})
