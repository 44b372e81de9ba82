// The imports of an open book, one at a time, as far as they are there before the importer is loaded: most openings have none to finish.
import type { Book } from '../book.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { CommandQueue } from './command-queue.ts'
import { markNames } from './durability.ts'

/** Runs imports. */
export interface Imports {
  run: Book['importClients']
  /** Finishes the import that an earlier opening left unfinished, in the background. */
  resume(): void
  stop(): void
}

/** Makes the imports of one document. */
export function createImports({ queue, marks }: { queue: CommandQueue; marks: StorageHandle['marks'] }): Imports {
  let isStopped = false
  let last: Promise<unknown> = Promise.resolve()

  /** The plan is checked and stored when its turn comes, so that whoever closes the book right behind finds it stored. */
  async function run(plan: unknown): ReturnType<Imports['run']> {
    const begun = await queue.run(async ({ importer }) => {
      const stored = await importer.store(plan)
      return stored.ok ? { ok: true, value: { importer, plan: stored.value } } : stored
    })
    if (!begun.ok) return begun
    return begun.value.importer.carryOut(begun.value.plan, { queue, isStopped: () => isStopped })
  }

  return {
    run(plan) {
      const next = last.then(() => run(plan))
      last = next.catch(() => undefined)
      return next
    },
    resume() {
      last = last
        .then(async () => {
          const plan = await marks.get(markNames.imports)
          if (plan !== undefined) await run(plan)
        })
        .catch(() => undefined)
    },
    stop() {
      isStopped = true
    },
  }
}
