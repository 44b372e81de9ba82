// Message 102: the signed head of a book's hash chain on its server, and the rows that lead to it from the head a replica remembers.
//
// A replica remembers the last head that it was shown. A server whose chain does not lead from there to its present head has lost or
// rewritten what it once said was stored, and two signed heads prove it.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { ChainRow } from './chain-row.ts'
import { messageType } from './wire.ts'

/** What a server says its history of a book is, with its signature. Bytes are base64url. */
export interface ServerHead {
  /** When this history began on the server, epoch ms: another one after a restore or a loss of its data (SY5). */
  readonly generation: number
  /** Number of stored updates. */
  readonly seq: number
  /** Hash of the last row of the chain; 32 bytes. */
  readonly head: string
  /** The server's clock, epoch ms. */
  readonly signedAt: number
  /** Ed25519 over {@link headText}; 64 bytes. */
  readonly signature: string
  /** The server's Ed25519 key; 32 bytes. */
  readonly publicKey: string
}

/** Rows `(from, to]` of the chain; the last page ends at the head. */
export interface HeadPage {
  readonly generation: number
  readonly from: number
  readonly to: number
  readonly rows: readonly ChainRow[]
  /** Only on the last page. */
  readonly head: ServerHead | null
}

/** The text that a server signs. */
export function headText(
  book: string,
  { generation, seq, head, signedAt }: Omit<ServerHead, 'signature' | 'publicKey'>,
): string {
  return `tierbook head v1\n${book}\n${generation}\n${seq}\n${head}\n${signedAt}\n`
}

/** The client's message 102: the rows behind this `seq` are wanted; without a position the head alone. */
export function encodeHeadRequest(position: { generation: number; seq: number } | null): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageType.head)
  encoding.writeVarUint(encoder, position?.generation ?? 0)
  encoding.writeVarUint(encoder, position?.seq ?? 0)
  return encoding.toUint8Array(encoder)
}

/** Reads the client's message 102 behind its type. */
export function decodeHeadRequest(decoder: decoding.Decoder): { generation: number; seq: number } {
  return { generation: decoding.readVarUint(decoder), seq: decoding.readVarUint(decoder) }
}

/** The server's message 102. */
export function encodeHeadPage({ generation, from, to, rows, head }: HeadPage): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const number of [messageType.head, generation, from, to]) encoding.writeVarUint(encoder, number)
  encoding.writeVarUint(encoder, rows.length)
  for (const { updateHash, actor, device, receivedAt } of rows) {
    encoding.writeVarUint8Array(encoder, updateHash)
    encoding.writeVarString(encoder, actor)
    encoding.writeVarString(encoder, device)
    encoding.writeVarUint(encoder, receivedAt)
  }
  if (head) {
    encoding.writeVarUint(encoder, head.signedAt)
    for (const text of [head.head, head.signature, head.publicKey]) encoding.writeVarString(encoder, text)
  }
  return encoding.toUint8Array(encoder)
}

/** Reads the server's message 102 behind its type. */
export function decodeHeadPage(decoder: decoding.Decoder): HeadPage {
  const generation = decoding.readVarUint(decoder)
  const from = decoding.readVarUint(decoder)
  const to = decoding.readVarUint(decoder)
  const rows: ChainRow[] = []
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    rows.push({
      updateHash: decoding.readVarUint8Array(decoder),
      actor: decoding.readVarString(decoder),
      device: decoding.readVarString(decoder),
      receivedAt: decoding.readVarUint(decoder),
    })
  }
  if (!decoding.hasContent(decoder)) return { generation, from, to, rows, head: null }
  const signedAt = decoding.readVarUint(decoder)
  const [head, signature, publicKey] = [0, 1, 2].map(() => decoding.readVarString(decoder)) as [string, string, string]
  return { generation, from, to, rows, head: { generation, seq: to, head, signedAt, signature, publicKey } }
}
