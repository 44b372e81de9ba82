// Message 101: receipts, the time at which the server received each action, in the order in which it stored them (TL5).
//
// A replica keeps a position, and asks from there on: page by page until the server says that a page is the last. From then on each commit
// comes as a page of its own. So what a replica learns at a connection is bounded by what it missed, and a page by its number of receipts.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { runAtOnce, type Slices } from '../slices.ts'
import { messageType } from './wire.ts'

/** How far a replica's receipts go. `{ generation: 0, seq: 0 }` where it has none. */
export interface ReceiptPosition {
  /** The book's generation on the server; positions of another one mean nothing. */
  readonly generation: number
  /** The server's number of the last stored update whose receipts are known. */
  readonly seq: number
}

/** When the server received an action. */
export interface Receipt {
  /** The action's id. The first receipt of an id counts: a later one is a second text under the same id (LG6). */
  readonly action: string
  /** The server's clock, epoch ms. */
  readonly receivedAt: number
}

/** Receipts of the stored updates `(from, to]`. */
export interface ReceiptPage {
  readonly generation: number
  /** The page begins behind this `seq`: whoever knows less asks again. */
  readonly from: number
  readonly to: number
  /** Nothing more is stored: later receipts come by themselves. */
  readonly isLast: boolean
  readonly receipts: readonly Receipt[]
}

/** The client's message 101. */
export function encodeReceiptRequest({ generation, seq }: ReceiptPosition): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageType.receipts)
  encoding.writeVarUint(encoder, generation)
  encoding.writeVarUint(encoder, seq)
  return encoding.toUint8Array(encoder)
}

/** Reads the client's message 101 behind its type. */
export function decodeReceiptRequest(decoder: decoding.Decoder): ReceiptPosition {
  return { generation: decoding.readVarUint(decoder), seq: decoding.readVarUint(decoder) }
}

/** The server's message 101; receipts of one moment share their time. */
export function encodeReceiptPage({ generation, from, to, isLast, receipts }: ReceiptPage): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const number of [messageType.receipts, generation, from, to, isLast ? 1 : 0]) {
    encoding.writeVarUint(encoder, number)
  }
  for (let i = 0; i < receipts.length;) {
    const { receivedAt } = receipts[i] as Receipt
    let end = i
    while (receipts[end]?.receivedAt === receivedAt) end++
    encoding.writeVarUint(encoder, receivedAt)
    encoding.writeVarUint(encoder, end - i)
    for (; i < end; i++) encoding.writeVarString(encoder, (receipts[i] as Receipt).action)
  }
  return encoding.toUint8Array(encoder)
}

/** Reads the server's message 101 behind its type, up to the end of the frame. */
export function decodeReceiptPage(decoder: decoding.Decoder): ReceiptPage {
  return runAtOnce(decodingReceiptPage(decoder))
}

const receiptsAtOnce = 256

/** As {@link decodeReceiptPage}, in slices: all that an owner brought along comes in one page, a hundred thousand receipts. */
export function* decodingReceiptPage(decoder: decoding.Decoder): Slices<ReceiptPage> {
  const generation = decoding.readVarUint(decoder)
  const from = decoding.readVarUint(decoder)
  const to = decoding.readVarUint(decoder)
  const isLast = decoding.readVarUint(decoder) === 1
  const receipts: Receipt[] = []
  while (decoding.hasContent(decoder)) {
    const receivedAt = decoding.readVarUint(decoder)
    for (let left = decoding.readVarUint(decoder); left > 0; left--) {
      receipts.push({ action: decoding.readVarString(decoder), receivedAt })
      if (left % receiptsAtOnce === 0) yield
    }
  }
  return { generation, from, to, isLast, receipts }
}
