// How a book's server chains what it stores: each row's hash covers the one before it.
import { digest } from 'lib0/hash/sha256'

/** One stored update without its bytes. */
export interface ChainRow {
  /** SHA-256 of the update's bytes; 32 bytes. */
  readonly updateHash: Uint8Array
  readonly actor: string
  readonly device: string
  /** The server's clock, epoch ms. */
  readonly receivedAt: number
}

/**
 * Hash of a row, 32 bytes: SHA-256 over the previous row's hash (32 zero bytes before the first), then the update's hash, then the JSON text
 * `[book, seq, actor, device, receivedAt]`.
 */
export function hashChainRow(previousHash: Uint8Array, book: string, seq: number, row: ChainRow): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify([book, seq, row.actor, row.device, row.receivedAt]))
  const bytes = new Uint8Array(64 + text.length)
  bytes.set(previousHash, 0)
  bytes.set(row.updateHash, 32)
  bytes.set(text, 64)
  return digest(bytes)
}
