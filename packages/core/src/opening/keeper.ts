// Keeps what was written on this device: the journal's confirmed writes say "saved", acknowledgements empty the journal again.
import type { Doc } from 'yjs'
import type { StorageHandle } from '../storage/storage.ts'
import type { Written } from './append.ts'
import type { Clocks } from '../log/log-items.ts'
import { type Durability, markNames } from './durability.ts'

/** The book's hand on its storage. */
export interface Keeper {
  readonly isSaving: boolean
  /** The last failure to write to this device, until a later write succeeds. */
  readonly problem: Error | null
  noteProblem(problem: Error): void
  start(parts: { storage: StorageHandle; durability: Durability; onChange: () => void }): void
  keep(written: Written): void
  /** The server has these clocks on disk; what they settle counts as sent once this device remembers it. */
  noteDurable(clocks: Clocks): void
  /** Resolves when all writes are confirmed; rejects when one failed. */
  flush(): Promise<void>
  whenAcknowledged(doc: Doc): Promise<void>
  close(): Promise<void>
}

/** Makes the keeper before the storage is open, so that problems at opening reach it. */
export function createKeeper(): Keeper {
  let storage: StorageHandle | undefined
  let durability: Durability | undefined
  let onChange = () => {}
  let problem: Error | null = null
  let saving = 0
  let writes: Promise<unknown> = Promise.resolve()
  let arrived = new Map<number, number>()
  let settling: Promise<void> | undefined
  const unwritten: Written[] = []
  const waiters = new Map<() => void, (reason: Error) => void>()

  async function write(written: Written): Promise<void> {
    unwritten.push(written)
    await writeAll()
    saving -= 1
    onChange()
  }

  /** What failed before is tried again first: nothing typed is given up while the app is open. */
  async function writeAll(): Promise<void> {
    try {
      for (let next = unwritten[0]; next; next = unwritten[0]) {
        await storage?.journal.append(next)
        unwritten.shift()
        problem = null
      }
    } catch (cause) {
      problem = toError(cause)
    }
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
      } catch (cause) {
        durability.noteDurable(clocks)
        problem = toError(cause)
      }
      for (const waiter of [...waiters.keys()]) waiter()
      onChange()
    }
    settling = undefined
  }

  return {
    get isSaving() {
      return saving > 0
    },
    get problem() {
      return problem
    },
    noteProblem(cause) {
      problem = cause
      onChange()
    },
    start(parts) {
      ;({ storage, durability, onChange } = parts)
    },
    keep(written) {
      durability?.noteJournal(written)
      saving += 1
      writes = writes.then(() => write(written))
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
      if (problem) throw problem
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
    async close() {
      await writes
      await settling
      for (const reject of waiters.values())
        reject(new Error('the book was closed before the server acknowledged everything'))
      waiters.clear()
      await storage?.close()
    },
  }
}

function toError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause))
}
