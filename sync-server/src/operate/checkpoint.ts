// A checkpoint: the signed heads of all books at one moment, to be kept beside a backup and away from the server.
import { headText, type ServerHead } from '@tierbook/core/protocol'
import { createPublicKey, verify } from 'node:crypto'
import * as z from 'zod'
import type { SignHead } from '../identity/sign-head.ts'
import type { ServerStorage } from '../storage/storage.ts'
import type { Finding } from './verify-book.ts'

/** The file's contents. */
export type Checkpoint = z.infer<typeof Checkpoint>
export const Checkpoint = z.object({
  format: z.literal('tierbook-checkpoint-1'),
  books: z.array(
    z.object({
      book: z.string(),
      generation: z.number(),
      seq: z.number(),
      head: z.string(),
      signedAt: z.number(),
      signature: z.string(),
      publicKey: z.string(),
    }),
  ),
})

/** Signs what `storage` holds. */
export async function createCheckpoint(storage: ServerStorage, signHead: SignHead): Promise<Checkpoint> {
  const books = await Array.fromAsync(storage.books())
  return {
    format: 'tierbook-checkpoint-1',
    books: books.map((record) => ({ book: record.book, ...signHead(record.book, record) })),
  }
}

/** Where a store does not continue what a checkpoint says it once was. */
export async function compareWithCheckpoint(storage: ServerStorage, checkpoint: Checkpoint): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const head of checkpoint.books) {
    const problem = await differenceFrom(storage, head)
    if (problem !== null) findings.push({ book: head.book, seq: problem.seq, problem: problem.words })
  }
  return findings
}

async function differenceFrom(storage: ServerStorage, head: ServerHead & { book: string }) {
  const { book, generation, seq } = head
  if (!isSigned(head)) return { seq: null, words: 'the checkpoint’s signature is wrong: it was changed' }
  const record = await storage.book(book)
  if (!record) return { seq: null, words: 'the checkpoint has it, the store does not' }
  if (record.generation !== generation)
    return { seq: null, words: `the checkpoint is of generation ${generation}, the store of ${record.generation}` }
  const stored = await storage.headAt(book, seq)
  if (stored && Buffer.from(stored).toString('base64url') === head.head) return null
  return {
    seq,
    words: stored ? 'another update stands there than at the checkpoint' : `the store ends at ${record.seq}`,
  }
}

function isSigned(head: ServerHead & { book: string }): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: head.publicKey }, format: 'jwk' })
    return verify(null, Buffer.from(headText(head.book, head)), key, Buffer.from(head.signature, 'base64url'))
  } catch {
    return false
  }
}
