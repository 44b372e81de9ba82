// Whether this browser promised to keep what the app stores: without the promise it may delete it (F7).

/** Asked once a book is open, since browsers weigh whether a site is used. */
export class Persistence {
  #isPromised = $state<boolean | null>(null)

  /** Null while it is not known, and where the browser cannot say. */
  get isPromised(): boolean | null {
    return this.#isPromised
  }

  /** Looks whether it promised. Chromium decides by itself, so it is asked at once; other browsers ask the person, who is told why first. */
  async look(): Promise<void> {
    const { storage } = navigator as { storage?: StorageManager }
    if (!storage?.persisted) return
    this.#isPromised = (await storage.persisted()) || ('onbeforeinstallprompt' in window && (await storage.persist()))
  }

  /** Asks the browser, which may ask the person. */
  async ask(): Promise<void> {
    this.#isPromised = await navigator.storage.persist()
  }
}
