// The port to a device's storage: a copy of the document, a journal of own actions, what was set aside, and a few marks.
import * as z from 'zod/mini'
import type { Doc } from 'yjs'
import type { StorageError } from './storage-error.ts'

/** One local action's document update, kept until the server has acknowledged it. */
export interface JournalRecord {
  /** Action id, or `feed:<n>` for an activity report. */
  readonly id: string
  readonly update: Uint8Array
  /** It was written into a document that another has taken the place of since (SY3): its update means nothing in this one. Set by `list`. */
  readonly isOfAnother?: boolean
  /** It is not as it was written, and only good to be set aside. Set by `list`. */
  readonly isChanged?: boolean
}

/** Schema of {@link SetAside}. */
export const SetAside = z.object({
  id: z.string(),
  /**
   * `row`: something stored that cannot be read, or is not as it was written · `journal`: a journal record that cannot be read · `replica`: the whole document
   * as it was when the server refused it · `actions`: actions that the server did not take, or that others made and only this device holds.
   */
  kind: z.enum(['row', 'journal', 'replica', 'actions']),
  /** Epoch ms. */
  at: z.number(),
  /** What was wrong, for people who look into it. */
  reason: z.string(),
  /** What the server refused with, or null. */
  code: z.nullable(z.string()),
  /** `row` and `journal`: the stored bytes; `replica`: a Yjs v1 update with everything. */
  bytes: z.optional(z.custom<Uint8Array>((value) => value instanceof Uint8Array)),
  /** `actions`: their texts as they stood in the log. */
  texts: z.optional(z.array(z.string())),
  /** `actions`: the texts of notes, which no log has, by `<action> <client>/note`. */
  notes: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
})
/** Something that is not part of the book and must not get lost: it stays until a person removes it. */
export type SetAside = z.infer<typeof SetAside>

/** What a storage gets to open a book with. */
export interface StorageContext {
  readonly book: string
  readonly doc: Doc
  /** Keep a second copy of the document, for a book that no server has. @default false */
  readonly keepCopy?: boolean
  /** Called when something could not be stored, and with null when all is stored again. */
  readonly onProblem: (problem: StorageError | null) => void
  /** Another tab put another document in this one's place: from now on nothing of this one is stored. */
  readonly onReplaced?: () => void
  /** Something was set aside after the book was open. */
  readonly onSetAside?: () => void
  /** Epoch ms. @default Date.now */
  readonly now?: () => number
}

/** Where a book lives on this device. */
export interface BookStorage {
  /** Loads what is stored for `book` into `doc`, then keeps storing its updates. Rejects when storage cannot be opened. */
  open(context: StorageContext): Promise<StorageHandle>
  /** Reads one of a book's marks without loading the book; a storage that cannot leaves it out. */
  peek?(book: string, key: string): Promise<unknown>
}

/** An open store of one book. */
export interface StorageHandle {
  /** Whether anything outlives the process. */
  readonly durable: boolean
  readonly journal: {
    /** Resolves when all of them are on disk; stores all or none. */
    append(records: readonly JournalRecord[]): Promise<void>
    list(): Promise<readonly JournalRecord[]>
    remove(ids: readonly string[]): Promise<void>
  }
  /** Small values: acknowledged clocks, the validated mark, an import's plan. Keyed by text, structured-cloneable. */
  readonly marks: {
    get(key: string): Promise<unknown>
    set(key: string, value: unknown): Promise<void>
    delete(key: string): Promise<void>
  }
  /** What is broken, refused or replaced. */
  readonly aside: {
    /** Resolves when it is on disk; the same id again takes the old one's place. */
    add(items: readonly SetAside[]): Promise<void>
    list(): Promise<readonly SetAside[]>
    remove(ids: readonly string[]): Promise<void>
  }
  /**
   * Stores `doc` in place of the document so far, whole or not at all, and follows `doc` from then on. The journal's records of these ids are part of
   * it and go first; others were written by another tab in the last moment, and stay as records of another document.
   */
  replace(doc: Doc, taken: readonly string[]): Promise<void>
  /** Names the document that is stored: `replace` gives another name, and nothing else does while its rows are there. */
  documentName(): string
  /** Stores the whole document anew, after its databases were deleted or closed. */
  restore(): Promise<void>
  /** Deletes the second copy: a server has everything. */
  forgetCopy(): Promise<void>
  /** Resolves when earlier document updates are written; rejects when they cannot be. */
  flush(): Promise<void>
  /** Twice is harmless. */
  close(): Promise<void>
}
