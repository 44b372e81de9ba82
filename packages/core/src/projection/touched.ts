// What a change is about: which clients, and of which of them the describing fields may have changed.

/** Ids of clients. */
export interface Touched {
  readonly ids: Set<string>
  /** Those whose fields must be read from the document again. */
  readonly described: Set<string>
}

/** Clients whose describing fields are as their rows have them. */
export function touch(ids: Iterable<string> = []): Touched {
  return { ids: new Set(ids), described: new Set() }
}
