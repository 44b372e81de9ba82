// Whether this browser promised to keep what the app stores: without the promise it may delete it (F7).

/** Asks for the promise once a book is open, since browsers weigh whether a site is used. */
export class Persistence {
  #isPromised = $state<boolean | null>(null)

  /** Null while it is not known, and where the browser cannot say. */
  get isPromised(): boolean | null {
    return this.#isPromised
  }

  async ask(): Promise<void> {
    const { storage } = navigator as { storage?: StorageManager }
    if (!storage?.persisted) return
    this.#isPromised = (await storage.persisted()) || (await storage.persist())
  }
}
