// Asks the server for receipts from where the book's end, page by page, and hands them on without a hole (TL5).
import type { WebsocketProvider } from 'y-websocket'
import { decodeReceiptPage, encodeReceiptRequest } from '../protocol/receipts.ts'
import { messageType } from '../protocol/wire.ts'
import type { SyncContext } from './sync.ts'

/** Asks at each connection, once the document is in step. Does nothing for a book that keeps no receipts. */
export function followReceipts(provider: WebsocketProvider, { receipts }: SyncContext): void {
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
  provider.messageHandlers[messageType.receipts] = (_encoder, decoder) => {
    const page = decodeReceiptPage(decoder)
    const isSameHistory = page.generation === position.generation
    const known = isSameHistory ? position.seq : 0
    // What came between was missed: only an answer to a question of our own closes the hole.
    if (page.from > known) return ask()
    if (page.to > known || !isSameHistory) {
      receipts.take(page)
      position = { generation: page.generation, seq: page.to }
    }
    if (!page.isLast) ask()
  }
}
