// What servers over one store tell each other. Everything may be lost: the store is the truth, and is asked in between.
/** A way to the other servers; null where there are none. */
export interface Exchange {
  /** Tells the others, in as few messages as will do. Never waits and never fails. */
  tellPositions(positions: ReadonlyMap<string, number>): void
  /** `hear` gets what others told; `lost` is called when something may have been missed. Once. */
  listen(hearing: { positions: (positions: ReadonlyMap<string, number>) => void; lost: () => void }): void
  /** Twice is harmless. */
  close(): Promise<void>
}
