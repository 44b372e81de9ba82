// Signs the head of a book's chain, so that a device can prove what this server once said its history was.
import { headText, type ServerHead } from '@tierbook/core/protocol'
import { sign } from 'node:crypto'
import type { SigningKey } from './signing-key.ts'

/** Signs what is stored of a book. */
export type SignHead = (book: string, stored: { generation: number; seq: number; head: Uint8Array }) => ServerHead

/** Some 50 µs a head. */
export function createHeadSigner({ key, now }: { key: SigningKey; now: () => number }): SignHead {
  const publicKey = key.publicKey.export({ format: 'jwk' }).x as string
  return (book, { generation, seq, head }) => {
    const unsigned = { generation, seq, head: Buffer.from(head).toString('base64url'), signedAt: now() }
    const signature = sign(null, Buffer.from(headText(book, unsigned)), key.privateKey).toString('base64url')
    return { ...unsigned, signature, publicKey }
  }
}
