// The server's book as it is, in a document of its own: to compare with, and to hand it actions one by one and hear what it says to each.
import * as Y from 'yjs'
import type { BookSync, FinalWord, SyncHandle } from '../sync/sync.ts'

/** A connection beside the book's own. */
export interface ServerBook {
  readonly doc: Y.Doc
  /** Resolves when the server's whole state is in, or with why it never will be. */
  readonly loaded: Promise<FinalWord | null>
  /** Writes into the document and resolves when that is on the server's disk, or with why it never will be. */
  deliver(write: (doc: Y.Doc) => void): Promise<FinalWord | null>
  /** Ends the connection; the document stays. */
  close(): Promise<void>
}

/** Connects. Without a network it waits for one. */
export function openServerBook(options: { book: string; sync: BookSync }): ServerBook {
  const doc = new Y.Doc({ gc: true })
  const durable = new Map<number, number>()
  let final: FinalWord | null = null
  let isLoaded = false
  let closing: Promise<void> | undefined
  const waiters = new Set<() => void>()
  const wake = () => {
    for (const waiter of [...waiters]) waiter()
  }

  /** Resolves with null once `holds`, and with the final word once there is one. */
  function when(holds: () => boolean): Promise<FinalWord | null> {
    return new Promise((resolve) => {
      const check = () => {
        if (!final && !holds()) return
        waiters.delete(check)
        resolve(holds() ? null : final)
      }
      waiters.add(check)
      check()
    })
  }

  const syncing: SyncHandle = options.sync.start({
    book: options.book,
    doc,
    onState() {},
    onDurable(clocks) {
      for (const [client, clock] of clocks) durable.set(client, Math.max(clock, durable.get(client) ?? 0))
      wake()
    },
    onLoaded() {
      isLoaded = true
      wake()
    },
    onFinal(word) {
      final = word
      wake()
    },
  })
  return {
    doc,
    loaded: when(() => isLoaded),
    deliver(write) {
      const written = doc.transact((transaction) => {
        write(doc)
        return transaction
      })
      const clocks = [...written.afterState].filter(([client, clock]) => clock > (written.beforeState.get(client) ?? 0))
      return when(() => clocks.every(([client, clock]) => clock <= (durable.get(client) ?? 0)))
    },
    close() {
      closing ??= (async () => {
        final ??= { closeCode: 1000, reason: 'closed here', refused: [] }
        wake()
        await syncing.close()
      })()
      return closing
    },
  }
}
