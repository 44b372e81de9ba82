// Loads what writes when the first command needs it, or before, once the page has nothing better to do.
import { whenIdle } from './when-idle.ts'
import type { Writing, WritingParts } from './writing.ts'

/** The loading of one document's {@link Writing}. */
export interface LoadWriting {
  /** Gives it, loaded once; rejects where it cannot be fetched or begun, and then tries again when asked again. */
  load(): Promise<Writing>
  /** It, where it is loaded. */
  readonly loaded: Writing | null
  /** In a page: loads it when the page is idle, so that the first command does not wait and a network that goes away later does no harm. */
  loadSoon(): void
  close(): void
}

/** Prepares the loading; nothing is fetched yet. */
export function loadWriting(parts: WritingParts): LoadWriting {
  let loading: Promise<Writing> | undefined
  let loaded: Writing | null = null
  let cancel = () => {}
  /** A device that hears while the book is open that it was revoked, or had another key, goes on as another one. */
  const inForce = () => {
    if (loaded?.isOver) loading = undefined
    if (loading === undefined) loaded = null
    return loaded
  }
  const load = () => {
    inForce()
    loading ??= import('./writing.ts')
      .then(async ({ createWriting }) => (loaded = await createWriting(parts)))
      .catch((cause: unknown) => {
        loading = undefined
        throw cause
      })
    return loading
  }
  return {
    load,
    get loaded() {
      return inForce()
    },
    loadSoon() {
      // Not in Node, where loading takes no network and a waiting timer would only keep a script alive.
      if (!('document' in globalThis)) return
      // Whom to write as is not known before the log is.
      const loadAhead = () => (parts.isLogKnown() ? load() : import('./writing.ts'))
      cancel = whenIdle(() => void loadAhead().catch(() => undefined))
    },
    close: () => cancel(),
  }
}
