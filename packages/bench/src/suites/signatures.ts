// What signatures cost: for one action, in bytes, at opening, and when a whole log is verified.
import type { Book, BookStorage } from '@tierbook/core'
import { logContents, verifyLog } from '@tierbook/core/audit'
import { sha256 } from '@noble/hashes/sha2.js'
import { webcrypto } from 'node:crypto'
import { type Books, bookId, createSignedBook, openStoredBook, storeBook } from '../book/books.ts'
import { checkBook } from '../book/expected.ts'
import { alternate, type Case, toTiming } from '../measure.ts'
import { bar, ratio, type SuiteResult } from '../report.ts'

const unsigned = 'openBook, every action checked, none signed'
const signed = 'openBook, every action checked, all signed'
const verified = 'verifyLog of the signed book'
const actionsTimed = 1_000

/** The same book with and without signatures; and signing and hashing one action by themselves, as the appender does. */
export async function signaturesSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const signedBytes = createSignedBook(books.size)
  const openCase = (name: string, bytes: Uint8Array): Case<BookStorage, Book> => ({
    name,
    prepare: () => storeBook(bytes),
    run: (storage) => openStoredBook(storage, books),
    check: (book) => {
      checkBook(book, books.facts)
    },
    clean: (book) => book.close(),
  })
  const log = logContents(await openStoredBook(await storeBook(signedBytes), books))
  const verifying = {
    name: verified,
    run: () => verifyLog({ book: bookId, elements: log.elements }),
    check: ({ problems, vouched, actions }: Awaited<ReturnType<typeof verifyLog>>) => {
      if (problems.length > 0 || vouched !== actions)
        throw new Error(`${vouched} of ${actions} vouched for, first problem ${JSON.stringify(problems[0])}`)
    },
  }
  const cases = [openCase(unsigned, books.ours), openCase(signed, signedBytes), verifying]
  const timings = await alternate(cases as Case<never>[], options)
  const one = await timeOneAction(log.elements as readonly string[])
  const bytesAnAction = (signedBytes.length - books.ours.length) / log.elements.length
  return {
    suite: 'signatures',
    timings: [...timings, ...one],
    bars: [bar('open a signed book, to one that is not', ratio(timings, signed, unsigned), 'x', 1.25)],
    notes: [`a signature adds ${bytesAnAction.toFixed(0)} bytes to an action`],
  }
}

/** WebCrypto answers from another thread, so signing takes longer than it costs. */
async function timeOneAction(texts: readonly string[]) {
  const keys = (await webcrypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const encoder = new TextEncoder()
  const samples = { sign: [] as number[], hash: [] as number[], verify: [] as number[] }
  for (const text of texts.slice(-2 * actionsTimed)) {
    const bytes = encoder.encode(text)
    let from = performance.now()
    sha256(bytes)
    samples.hash.push(performance.now() - from)
    from = performance.now()
    const sig = await webcrypto.subtle.sign('Ed25519', keys.privateKey, bytes)
    samples.sign.push(performance.now() - from)
    from = performance.now()
    if (!(await webcrypto.subtle.verify('Ed25519', keys.publicKey, sig, bytes)))
      throw new Error('a signature does not hold')
    samples.verify.push(performance.now() - from)
  }
  return [
    { ...toTiming('hash one action', samples.hash.slice(-actionsTimed)) },
    { ...toTiming('sign one action', samples.sign.slice(-actionsTimed)) },
    { ...toTiming('verify one signature', samples.verify.slice(-actionsTimed)) },
  ].map((timing) => ({ ...timing, samples: timing.samples.slice(0, 100) }))
}
