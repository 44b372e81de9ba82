import { createDecoder, readVarUint } from 'lib0/decoding'
import { expect, test } from 'vitest'
import {
  decodeReceiptPage,
  decodeReceiptRequest,
  encodeReceiptPage,
  encodeReceiptRequest,
  type ReceiptPage,
} from './receipts.ts'
import { messageType } from './wire.ts'

const read = <T>(frame: Uint8Array, decode: (decoder: ReturnType<typeof createDecoder>) => T): T => {
  const decoder = createDecoder(frame)
  expect(readVarUint(decoder)).toBe(messageType.receipts)
  return decode(decoder)
}

test('[TL5] message 101 asks from a position on', () => {
  const position = { generation: 3, seq: 2 ** 40 }
  expect(read(encodeReceiptRequest(position), decodeReceiptRequest)).toEqual(position)
})

test('[TL5] message 101 carries receipts in their order, of one moment and of several', () => {
  const receipts = ['a.1', 'a.2', 'b.1', 'a.3'].map((action, i) => ({
    action,
    receivedAt: 1_800_000_000_000 + (i >> 1),
  }))
  const pages: ReceiptPage[] = [
    { generation: 1, from: 0, to: 4, isLast: true, receipts },
    { generation: 2, from: 7, to: 7, isLast: false, receipts: [] },
  ]
  for (const page of pages) expect(read(encodeReceiptPage(page), decodeReceiptPage)).toEqual(page)
})

test('a page that is cut anywhere within its receipts cannot be read', () => {
  const page = { generation: 1, from: 0, to: 1, isLast: true, receipts: [{ action: 'abc.1', receivedAt: 5 }] }
  const frame = encodeReceiptPage(page)
  const emptyPage = encodeReceiptPage({ ...page, receipts: [] }).length
  for (let length = emptyPage + 1; length < frame.length; length++) {
    expect(() => read(frame.slice(0, length), decodeReceiptPage), `${length} bytes`).toThrow()
  }
})
