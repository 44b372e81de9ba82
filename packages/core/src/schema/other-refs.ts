// Further external references of a client: its ids in systems that have a name. Each is a field of its own, so that two devices that enter one each keep both.

/** What a system with a name calls a client. */
export interface OtherRef {
  /** The system's name, such as `Xero`. */
  readonly system: string
  readonly id: string
}

/** Begins the names of the fields that hold them, in the document and in entries; the system's name follows. */
export const refPrefix = 'ref:'

/** The system that a field is about; null where the field is another one. */
export function systemOf(field: string): string | null {
  return field.startsWith(refPrefix) ? field.slice(refPrefix.length) : null
}
