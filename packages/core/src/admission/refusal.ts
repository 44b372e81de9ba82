// Why an update is not taken: a closed set of codes, carried inside admission by one error class that never leaves it.

/** What a refused update did; sent to the client and counted by the server. */
export const refusalCodes = [
  'malformed', // AD1: not a Yjs v1 update, cut, with trailing bytes or contradicting itself
  'too-large', // AD1: over a limit
  'unsupported-content', // AD1/AD4: nested types, embeds, binary, GC structs
  'foreign-client-id', // AD3: a Yjs client id that another actor writes under
  'log-changed', // AD4: a delete, map key or non-text in the log
  'invalid-action', // AD4: a text that is no canonical action
  'forged-author', // AD4: an action in another actor's name
  'not-allowed', // AD6: an editor who revokes somebody else's device
  'counter-too-far', // AD4: `n` too far ahead
  'unknown-root', // AD5: a root that is not the book's
  'unlogged-change', // AD5: a described field without an entry that names it
  'invalid-field', // AD5: a key or value that no command writes
  'field-deleted', // AD5: a delete that no overwrite explains
  'read-only', // AD6: a viewer's write
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** Thrown inside admission and turned into a decision at its edge. */
export class Refusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Stops admission with a reason. */
export function refuse(code: RefusalCode, message: string): never {
  throw new Refusal(code, message)
}
