// Asks the server for receipts from where the book's end, page by page, and hands them on without a hole (TL5).
import type { Decoder } from 'lib0/decoding'
import type { WebsocketProvider } from 'y-websocket'
import { decodingReceiptPage, encodeReceiptRequest } from '../protocol/receipts.ts'
import { messageType } from '../protocol/wire.ts'
import { runInSlices } from '../slices.ts'
import type { SyncContext } from './sync.ts'

/** Asks at each connection, once the document is in step. Does nothing for a book that keeps no receipts. */
export function followReceipts(
  provider: WebsocketProvider,
  { receipts }: SyncContext,
  onNonsense: (cause: unknown) => void,
): void {
  if (!receipts) return
  let position = receipts.position()
  const ask = () => {
    const socket = provider.ws
    if (socket?.readyState === socket?.OPEN) {
      socket?.send(encodeReceiptRequest(position) as Uint8Array<ArrayBuffer>)
    }
  }
  provider.on('sync', (isSynced) => {
    if (!isSynced) return
    position = receipts.position()
    ask()
  })
  async function take(decoder: Decoder): Promise<void> {
    const page = await runInSlices(decodingReceiptPage(decoder))
    if (!page) return
    const isSameHistory = page.generation === position.generation
    const known = isSameHistory ? position.seq : 0
    // What came between was missed: only an answer to a question of our own closes the hole.
    if (page.from > known) return ask()
    if (page.to > known || !isSameHistory) {
      await receipts?.take(page)
      position = { generation: page.generation, seq: page.to }
    }
    if (!page.isLast) ask()
  }

  // One after the other: a page goes on where the one before it ends.
  let taking = Promise.resolve()
  provider.messageHandlers[messageType.receipts] = (_encoder, decoder) => {
    taking = taking.then(() => take(decoder)).catch(onNonsense)
  }
}
