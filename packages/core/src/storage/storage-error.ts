// Why this device did not store something, as a closed set of codes that the app has words for.

/** What is wrong with this device's storage. */
export type StorageErrorCode =
  | 'full' // no space left for this site
  | 'removed' // another tab deleted the book's databases, or the browser did
  | 'closed' // the browser closed them; they may still be there
  | 'upgraded' // a newer version of the app in another tab took them over
  | 'blocked' // they do not open: another tab holds them, or the browser forbids storage
  | 'failed' // anything else

/** Something that could not be read from or written to this device. */
export class StorageError extends Error {
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Reads the code off what a browser throws. */
export function toStorageError(cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause
  const name = (cause as { name?: unknown } | null)?.name
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = name === 'QuotaExceededError' ? 'full' : name === 'SecurityError' ? 'blocked' : 'failed'
  return new StorageError(code, message || String(name), { cause })
}
