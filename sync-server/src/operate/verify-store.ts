// Checks a whole store: every book, or one, and what a checkpoint once said of it.
import type { ServerStorage } from '../storage/storage.ts'
import { type Checkpoint, compareWithCheckpoint } from './checkpoint.ts'
import { chosenBooks } from './chosen-books.ts'
import { storeFault } from './store-fault.ts'
import { type Finding, verifyBook } from './verify-book.ts'

/** A damaged page of the database is found in one book, and the others are looked at all the same. */
function unreadable(book: string): (cause: unknown) => Finding[] {
  return (cause) => {
    const fault = storeFault(cause)
    if (fault === null) throw cause
    return [{ book, seq: null, problem: fault }]
  }
}

/** What was looked at, and what was found. */
export interface Verification {
  readonly books: number
  readonly updates: number
  readonly findings: readonly Finding[]
}

export async function verifyStore(
  storage: ServerStorage,
  options: {
    book?: string | undefined
    checkpoint?: Checkpoint | undefined
    onProgress?: (progress: { book: string; seq: number; of: number }) => void
  },
): Promise<Verification> {
  const findings: Finding[] = []
  let [books, updates] = [0, 0]
  for await (const record of chosenBooks(storage, options.book)) {
    books++
    updates += record.seq
    const onProgress = (seq: number) => options.onProgress?.({ book: record.book, seq, of: record.seq })
    findings.push(...(await verifyBook(storage, record, onProgress).catch(unreadable(record.book))))
  }
  if (options.checkpoint) findings.push(...(await compareWithCheckpoint(storage, options.checkpoint)))
  return { books, updates, findings }
}
