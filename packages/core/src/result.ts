// What every command gives back: expected failures are values with a closed code, thrown errors are bugs.

import type { Because } from './because.ts'

/** Codes of expected failures; closed, so a `switch` over it can be exhaustive. */
export type ErrorCode =
  | 'invalid-input'
  | 'unknown-client'
  | 'unknown-tier'
  | 'unknown-entry'
  | 'not-retractable'
  | 'already-retracted'
  | 'nothing-to-change'
  | 'client-ended'
  | 'client-not-ended'
  | 'duplicate-external-ref'
  | 'already-sealed'
  | 'nothing-to-undo'
  | 'nothing-to-redo'
  | 'not-undoable' // of a kind that stays
  | 'built-upon' // something later builds on it
  | 'not-kept' // what stood there before is not known any more
  | 'too-large'
  | 'read-only'
  | 'newer-schema'
  | 'closed'
  | 'not-loaded' // the code that writes could not be fetched; nothing was changed
  | 'unknown-set-aside'
  | 'not-admitted' // the server does not take it
  | 'offline' // the server cannot be reached now
  | 'not-a-book-file'
  | 'newer-book-file'
  | 'damaged-book-file'
  | 'damaged-copy'

/** Why a command did nothing: `message` names the field, what was expected and what came. */
export interface CommandError {
  readonly code: ErrorCode
  readonly message: string
  /** The input field at fault, where there is one. */
  readonly field?: string
  /** What `message` says with its values, for apps in other languages; not every refusal has values worth it. */
  readonly because?: Because
}

/** Either a value or an expected failure. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CommandError }

/** Wraps a value as a success. */
export function succeed<T>(value: T): Result<T> {
  return { ok: true, value }
}

/** Builds a failure. */
export function fail(
  code: ErrorCode,
  message: string,
  field?: string,
  because?: Because,
): { ok: false; error: CommandError } {
  return {
    ok: false,
    error: { code, message, ...(field === undefined ? {} : { field }), ...(because ? { because } : {}) },
  }
}
