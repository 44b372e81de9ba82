// The same facts as bytes in both layouts, and an open Tierbook on them.
import { type Book, type BookStorage, memory, openBook } from '@tierbook/core'
import { generateKeyPairSync, sign } from 'node:crypto'
import * as Y from 'yjs'
import { messageOf } from '../../../core/src/log/signed-text.ts'
import { bytesToBase64Url } from '../../../core/src/schema/ids.ts'
import { type BookFacts, type BookSize, createFacts } from './facts.ts'
import { buildNaiveBook } from './naive-layout.ts'
import { buildOurBook, type DeviceKey } from './our-layout.ts'

/** Changing it changes every result; it is written beside them. */
export const seed = 20_261_122
/** The day of every opening: a fortnight after the last edit. */
export const now = () => Date.UTC(2026, 10, 14, 12)
/** The book's id. */
export const bookId = bytesToBase64Url(Uint8Array.from({ length: 16 }, (_, index) => index * 7))

/** Everything that suites read. */
export interface Books {
  readonly size: BookSize
  readonly facts: BookFacts
  readonly ours: Uint8Array
  readonly naive: Uint8Array
}

/** Makes the book of `size`. */
export function createBooks(size: BookSize): Books {
  const facts = createFacts(size, seed, bytesToBase64Url)
  return {
    size,
    facts,
    ours: Y.encodeStateAsUpdate(buildOurBook(facts, seed)),
    naive: Y.encodeStateAsUpdate(buildNaiveBook(facts, seed)),
  }
}

/** A book of another size, in our layout only. */
export function createOurBook(size: BookSize): Books {
  const facts = createFacts(size, seed, bytesToBase64Url)
  return { size, facts, ours: Y.encodeStateAsUpdate(buildOurBook(facts, seed)), naive: new Uint8Array() }
}

/** The same book with every action signed, as single edits are, by a key for each session's device. */
export function createSignedBook(size: BookSize): Uint8Array {
  const facts = createFacts(size, seed, bytesToBase64Url)
  const keyFor = (): DeviceKey => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    return {
      publicKey: String(publicKey.export({ format: 'jwk' }).x),
      sign: (text) => sign(null, messageOf(bookId, text), privateKey).toString('base64url'),
    }
  }
  return Y.encodeStateAsUpdate(buildOurBook(facts, seed, keyFor))
}

/** Storage that holds the book as a device would that never opened it. */
export async function storeBook(update: Uint8Array): Promise<BookStorage> {
  const storage = memory()
  const doc = new Y.Doc()
  const handle = await storage.open({
    book: bookId,
    doc,
    onProblem: (problem) => {
      if (problem) throw problem
    },
  })
  Y.applyUpdate(doc, update)
  await handle.close()
  doc.destroy()
  return storage
}

/** Opens the book as its first actor, on a fixed day. */
export function openStoredBook(storage: BookStorage, books: Books, options: { signed?: boolean } = {}): Promise<Book> {
  const author = books.facts.actors[0]
  if (!author) throw new Error('the book has no actors')
  return openBook({ id: bookId, author, storage, now, ...options })
}

/** The naive layout's document. */
export function loadNaiveBook(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return doc
}
