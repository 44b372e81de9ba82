// The hash chain: each row's hash covers the row before it, so that a changed, missing or reordered update shows.
import { hash } from 'node:crypto'
import type { NewUpdate } from './storage.ts'

/** Before the first row. */
export const chainStart: Uint8Array = new Uint8Array(32)

/** SHA-256 of an update's bytes. */
export function hashUpdate(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

/**
 * Hash of one row: SHA-256 over the previous hash, then the update's hash, then the JSON text `[book, seq, actor, device, receivedAt]`.
 * It is not stored with its own row but as the next one's `previousHash`, and of the last row as the book's head.
 */
export function hashRow(row: {
  readonly previousHash: Uint8Array
  readonly updateHash: Uint8Array
  readonly book: string
  readonly seq: number
  readonly update: Pick<NewUpdate, 'actor' | 'device' | 'receivedAt'>
}): Uint8Array {
  const { actor, device, receivedAt } = row.update
  const facts = Buffer.from(JSON.stringify([row.book, row.seq, actor, device, receivedAt]))
  return hash('sha256', Buffer.concat([row.previousHash, row.updateHash, facts]), 'buffer')
}
