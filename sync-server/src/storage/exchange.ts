// What servers over one store tell each other. Everything may be lost: the store is the truth, and is asked in between.
/** A way to the other servers; null where there are none. */
export interface Exchange {
  /** Tells the others, in as few messages as will do. Never waits and never fails. */
  tellPositions(positions: ReadonlyMap<string, number>): void
  /** Tells the others who is here, in a text of at most {@link maxTextBytes} UTF-8 bytes. Resolves when it was sent or is lost; never fails. */
  tellPresence(text: string): Promise<void>
  readonly maxTextBytes: number
  /** Adds a listener, before the next turn of the event loop. */
  listen(hearing: Hearing): void
  /** Twice is harmless. */
  close(): Promise<void>
}

/** What a listener wants to know. */
export interface Hearing {
  readonly positions?: (positions: ReadonlyMap<string, number>) => void
  readonly presence?: (text: string) => void
  /** Something may have been missed. */
  readonly lost?: () => void
}
