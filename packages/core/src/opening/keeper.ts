// Keeps what was written on this device: the journal's confirmed writes say "saved", acknowledgements empty the journal again.
import type { Doc } from 'yjs'
import type { StorageHandle } from '../storage/storage.ts'
import { type StorageError, toStorageError } from '../storage/storage-error.ts'
import type { Written } from './append.ts'
import type { Clocks } from '../log/log-items.ts'
import { type Durability, markNames } from './durability.ts'

/** The book's hand on its storage. */
export interface Keeper {
  readonly isSaving: boolean
  /** The last failure to write to this device, until a later write succeeds. */
  readonly problem: StorageError | null
  /** What the storage says about itself; null when all is well again. */
  noteProblem(problem: StorageError | null): void
  start(parts: { storage: StorageHandle; durability: Durability; hasSync: boolean; onChange: () => void }): void
  keep(written: Written): void
  /** The server has these clocks on disk; what they settle counts as sent once this device remembers it. */
  noteDurable(clocks: Clocks): void
  /** Resolves when all writes are confirmed; rejects when one failed. */
  flush(): Promise<void>
  whenAcknowledged(doc: Doc): Promise<void>
  /** Resolves when what runs has ended, well or not. */
  settled(): Promise<void>
  close(): Promise<void>
}

const firstRetryMs = 1_000
const longestRetryMs = 30_000

/** Makes the keeper before the storage is open, so that problems at opening reach it. */
export function createKeeper(): Keeper {
  let storage: StorageHandle | undefined
  let durability: Durability | undefined
  let onChange = () => {}
  let hasSync = false
  /** Of the storage itself, and of the last write to the journal. */
  let storageProblem: StorageError | null = null
  let journalProblem: StorageError | null = null
  let failures = 0
  let isCopyForgotten = false
  let retrying: ReturnType<typeof setTimeout> | undefined
  let writes: Promise<unknown> = Promise.resolve()
  let arrived = new Map<number, number>()
  let settling: Promise<void> | undefined
  let unwritten: Written[] = []
  /** The document that they were written into. */
  let name: string | undefined
  const waiters = new Map<() => void, (reason: Error) => void>()

  /** What failed before is tried again first: nothing typed is given up while the app is open. What waits shares one transaction. */
  async function writeAll(): Promise<void> {
    clearTimeout(retrying)
    try {
      // What another document has taken the place of is part of it, and would wait under its name for ever.
      while (unwritten.length > 0 && storage?.documentName() === name) {
        const batch = [...unwritten]
        await storage?.journal.append(batch)
        // By identity: another document's may have come in their place meanwhile.
        unwritten = unwritten.filter((record) => !batch.includes(record))
      }
      journalProblem = null
      failures = 0
    } catch (cause) {
      journalProblem = toStorageError(cause)
      retrying = setTimeout(writeSoon, Math.min(longestRetryMs, firstRetryMs * 2 ** failures++))
      // In Node a script must be able to end with a disk that stays full.
      if (typeof retrying === 'object') (retrying as { unref(): void }).unref()
    }
  }

  function writeSoon(): void {
    writes = writes.then(writeAll).then(onChange)
  }

  /** Acknowledgements that arrive while others are written down share the next write. */
  async function settle(): Promise<void> {
    // Ends no sooner than `noteDurable` has noted it as running.
    await Promise.resolve()
    while (arrived.size > 0 && durability) {
      const clocks = arrived
      arrived = new Map()
      try {
        // First remembered, then said: a page that is closed right behind "sent" must not come back as "not sent".
        await storage?.marks.set(markNames.durable, [...new Map([...durability.toStored(), ...clocks])])
        durability.noteDurable(clocks)
        const settled = durability.takeSettled()
        if (settled.length > 0) await storage?.journal.remove(settled)
        if (!isCopyForgotten && durability.unsent === 0) await forgetCopy()
      } catch (cause) {
        durability.noteDurable(clocks)
        journalProblem = toStorageError(cause)
      }
      for (const waiter of [...waiters.keys()]) waiter()
      onChange()
    }
    settling = undefined
  }

  /** Once a server has everything, the second copy that a book without one keeps is of no more use. */
  async function forgetCopy(): Promise<void> {
    isCopyForgotten = true
    await storage?.forgetCopy()
  }

  return {
    get isSaving() {
      return unwritten.length > 0
    },
    get problem() {
      return storageProblem ?? journalProblem
    },
    noteProblem(problem) {
      const isOver = storageProblem !== null && problem === null
      storageProblem = problem
      if (isOver && unwritten.length > 0) writeSoon()
      onChange()
    },
    start(parts) {
      ;({ storage, durability, hasSync, onChange } = parts)
      // What was meant for another document is part of this one by now.
      unwritten = []
      name = storage.documentName()
      arrived.clear()
      journalProblem = null
      isCopyForgotten = false
    },
    keep(written) {
      if (hasSync) durability?.noteJournal(written)
      unwritten.push(written)
      writeSoon()
      onChange()
    },
    noteDurable(clocks) {
      for (const [client, clock] of clocks) {
        const known = Math.max(arrived.get(client) ?? 0, durability?.clockOf(client) ?? 0)
        if (clock > known) arrived.set(client, clock)
      }
      if (arrived.size > 0) settling ??= settle()
    },
    async flush() {
      writes = writes.then(writeAll).then(onChange)
      await writes
      await storage?.flush()
      if (this.problem) throw this.problem
    },
    whenAcknowledged(doc) {
      return new Promise((resolve, reject) => {
        const check = () => {
          if (!durability?.coversAll(doc)) return
          waiters.delete(check)
          resolve()
        }
        waiters.set(check, reject)
        check()
      })
    },
    async settled() {
      await writes
      await settling
    },
    async close() {
      clearTimeout(retrying)
      await writes
      await settling
      for (const reject of waiters.values())
        reject(new Error('the book was closed before the server acknowledged everything'))
      waiters.clear()
      await storage?.close()
    },
  }
}
