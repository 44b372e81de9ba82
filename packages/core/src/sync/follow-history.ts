// Compares the server's signed history with the one this device remembers: at each connection, and while it lasts once a minute at most.
import type { WebsocketProvider } from 'y-websocket'
import { type ChainRow, hashChainRow } from '../protocol/chain-row.ts'
import { decodeHeadPage, encodeHeadRequest, type HeadPage, headText, type ServerHead } from '../protocol/head.ts'
import { historySubprotocolPrefix, messageType } from '../protocol/wire.ts'
import { base64UrlToBytes, bytesToBase64Url } from '../schema/ids.ts'
import type { HistoryDoubt, SyncContext } from './sync.ts'

/** How long a remembered head may lag behind what was acknowledged, while edits come. */
const askAgainMs = 60_000

/** Follows the server's history until it is doubted. */
export interface HistoryFollower {
  /** The subprotocol that tells the server which history this device knows; null where it knows none. */
  protocol(): string | null
  /** Something was stored: a newer head may be there. */
  noteStored(): void
}

/** Does nothing for a book that remembers no history. `onDoubt` ends the connection for good. */
export function followHistory(options: {
  provider: WebsocketProvider
  context: SyncContext
  now: () => number
  onDoubt: (doubt: HistoryDoubt) => void
}): HistoryFollower {
  const { provider, context, now } = options
  const { history, book } = context
  if (!history) return { protocol: () => null, noteStored() {} }
  let askedAt = Number.NEGATIVE_INFINITY
  /** The row behind which the next page continues, with its hash; null while no answer is expected. */
  let reached: { seq: number; hash: Uint8Array } | null = null

  const ask = () => {
    const known = history.last()
    askedAt = now()
    reached = { seq: known?.seq ?? 0, hash: base64UrlToBytes(known?.head ?? '') }
    send(provider, encodeHeadRequest(known))
  }
  const doubt = (code: HistoryDoubt['code'], reason: string, found: ServerHead | null) =>
    options.onDoubt({ code, reason: `${code}: ${reason}`, known: history.last(), found })

  function take(page: HeadPage): void {
    const known = history?.last() ?? null
    if (!reached) return
    const difference = known && compare(known, page)
    if (difference) return doubt(difference.code, difference.reason, page.head)
    if (known && page.from !== reached.seq) return // the answer to an earlier connection's question
    if (known) for (const row of page.rows) reached = followRow(book, reached, row)
    if (!page.head) return send(provider, encodeHeadRequest({ generation: page.generation, seq: page.to }))
    if (known && bytesToBase64Url(reached.hash) !== page.head.head)
      return doubt(
        'rewritten',
        `what the server stored does not continue the ${known.seq} updates that it signed`,
        page.head,
      )
    reached = null
    void keep(page.head)
  }

  async function keep(head: ServerHead): Promise<void> {
    if ((await isSigned(book, head)) === false) doubt('bad-signature', 'the server’s signature is wrong', head)
    else history?.take(head)
  }

  provider.on('sync', (isSynced) => {
    if (isSynced) ask()
  })
  provider.messageHandlers[messageType.head] = (_encoder, decoder) => take(decodeHeadPage(decoder))
  return {
    protocol() {
      const known = history.last()
      return known && `${historySubprotocolPrefix}${known.generation}.${known.seq}.${known.head}`
    },
    noteStored() {
      if (provider.synced && !reached && now() - askedAt >= askAgainMs) ask()
    },
  }
}

function followRow(book: string, { seq, hash }: { seq: number; hash: Uint8Array }, row: ChainRow) {
  return { seq: seq + 1, hash: hashChainRow(hash, book, seq + 1, row) }
}

function compare(
  known: ServerHead,
  page: HeadPage,
): { code: 'other-generation' | 'rolled-back'; reason: string } | null {
  if (page.generation !== known.generation)
    return { code: 'other-generation', reason: 'the book was restored or made anew on the server' }
  if (page.to < known.seq)
    return { code: 'rolled-back', reason: `the server holds ${page.to} updates, it once signed ${known.seq}` }
  return null
}

/** Null where this runtime cannot tell: browsers have no WebCrypto outside of secure contexts, older ones no Ed25519. */
async function isSigned(book: string, head: ServerHead): Promise<boolean | null> {
  if (head.publicKey.length !== 43 || head.signature.length !== 86) return false
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle
  if (!subtle) return null
  const text = new TextEncoder().encode(headText(book, head))
  try {
    const key = await subtle.importKey('raw', bytesOf(head.publicKey), 'Ed25519', false, ['verify'])
    return await subtle.verify('Ed25519', key, bytesOf(head.signature), text)
  } catch (cause) {
    return (cause as Error).name === 'NotSupportedError' ? null : false
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return base64UrlToBytes(text) as Uint8Array<ArrayBuffer>
}

function send(provider: WebsocketProvider, frame: Uint8Array): void {
  if (provider.ws?.readyState === provider.ws?.OPEN) provider.ws?.send(frame as Uint8Array<ArrayBuffer>)
}
