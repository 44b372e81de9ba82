// Checks a whole store: every book, or one, and what a checkpoint once said of it.
import type { BookRecord, ServerStorage } from '../storage/storage.ts'
import { type Checkpoint, compareWithCheckpoint } from './checkpoint.ts'
import { OperatorError } from './operator-error.ts'
import { type Finding, verifyBook } from './verify-book.ts'

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
  const records = await chosenBooks(storage, options.book)
  const findings: Finding[] = []
  for (const record of records) {
    const onProgress = (seq: number) => options.onProgress?.({ book: record.book, seq, of: record.seq })
    findings.push(...(await verifyBook(storage, record, onProgress)))
  }
  if (options.checkpoint) findings.push(...(await compareWithCheckpoint(storage, options.checkpoint)))
  return { books: records.length, updates: records.reduce((sum, { seq }) => sum + seq, 0), findings }
}

/** All books, or the one that was asked for; throws where it is not in the store. */
export async function chosenBooks(storage: ServerStorage, book: string | undefined): Promise<readonly BookRecord[]> {
  const records = await storage.books()
  if (book === undefined) return records
  const found = records.filter((record) => record.book === book)
  if (found.length === 0)
    throw new OperatorError(
      `book ${book} is not in this store; it holds ${records.map((each) => each.book).join(', ') || 'none'}`,
    )
  return found
}
