// How much of this device the app uses, and how much the browser would still give it.

/** Bytes, as the browser estimates them. */
export interface Room {
  readonly used: number
  readonly left: number
}

const lowBytes = 100_000_000 // a book of 10,000 clients with its copies while it is saved, several times over

export class StorageRoom {
  #room = $state.raw<Room | null>(null)

  /** Null until it is known, and where the browser does not say. */
  get room(): Room | null {
    return this.#room
  }

  /** Whether a book may soon not be saved any more. */
  get isLow(): boolean {
    return this.#room !== null && this.#room.left < lowBytes
  }

  async look(): Promise<void> {
    const { storage } = navigator as { storage?: StorageManager }
    const { usage, quota } = (await storage?.estimate?.().catch(() => undefined)) ?? {}
    if (usage !== undefined && quota !== undefined) this.#room = { used: usage, left: Math.max(0, quota - usage) }
  }
}
