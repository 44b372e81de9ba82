// Entry point `@tierbook/core/admission`: the gate that a sync server puts before a book's document.
export {
  type Admission,
  type AdmissionContext,
  admitUpdate,
  type AdmittedUpdate,
  type ClockRange,
} from './admission/admit-update.ts'
export {
  type BookChanges,
  type BookIndex,
  type BookIndexOptions,
  type BookIndexState,
  createBookIndex,
  type NewDeletes,
} from './admission/book-index.ts'
export { createDeletedRanges, type DeletedRanges, type Range } from './admission/deleted-ranges.ts'
export type { FreshStruct } from './admission/fresh-structs.ts'
export { type BookOutline, findDeletes, outlineStored, takeStored } from './admission/take-stored.ts'
export type { KnownBook, Place, StructId } from './admission/known-book.ts'
export { knownBookOfDoc, type KnownBookOptions } from './admission/known-book-of-doc.ts'
export * as limits from './admission/limits.ts'
export { type RefusalCode, refusalCodes } from './admission/refusal.ts'
