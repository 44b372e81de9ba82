// Carries an import out action by action: its plan is stored first, so that the next opening finishes what a crash cut short.
import { activityOf, cutIntoActions, draftImportAction, isWritten } from '../commands/import-actions.ts'
import { draftActivity } from '../commands/activity.ts'
import type { CommandContext } from '../commands/draft.ts'
import { ImportPlan } from '../commands/import-plan.ts'
import { checkInput } from '../commands/check-input.ts'
import { type Result, succeed } from '../result.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { CommandQueue } from './command-queue.ts'
import { markNames } from './durability.ts'

/** Runs imports, one at a time. */
export interface Importer {
  run(plan: ImportPlan): Promise<Result<{ batch: string; added: number; changed: number }>>
  /** Finishes the import that an earlier opening left unfinished, in the background. */
  resume(): void
  stop(): void
}

/** Makes the importer of one open book. */
export function createImporter(parts: {
  context: CommandContext
  queue: CommandQueue
  marks: StorageHandle['marks']
  now: () => number
}): Importer {
  const { context, queue, marks } = parts
  let isStopped = false
  let last: Promise<unknown> = Promise.resolve()

  async function carryOut(plan: ImportPlan): Promise<Result<{ batch: string; added: number; changed: number }>> {
    const cuts = cutIntoActions(plan)
    for (const [place, steps] of cuts.entries()) {
      if (isStopped || isWritten(context, plan, steps)) continue
      const written = await queue.run('importClients', () =>
        draftImportAction(context, plan, { steps, of: cuts.length, isFirst: place === 0 }),
      )
      if (!written.ok) return written
      // Lets the page paint and the storage write between two actions.
      await new Promise((resolve) => setTimeout(resolve))
    }
    if (isStopped) return succeed({ batch: plan.batch, added: 0, changed: 0 })
    const activity = activityOf(plan)
    if (activity.length > 0)
      await queue.report('importClients', () => draftActivity(context.projection, activity, parts.now()))
    await marks.delete(markNames.imports)
    return succeed({ batch: plan.batch, added: plan.added, changed: plan.changed })
  }

  async function run(input: ImportPlan): Promise<Result<{ batch: string; added: number; changed: number }>> {
    const checked = checkInput(ImportPlan, input)
    if (!checked.ok) return checked
    await marks.set(markNames.imports, checked.value)
    return carryOut(checked.value)
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
          const stored = ImportPlan.safeParse(await marks.get(markNames.imports))
          if (stored.success) await carryOut(stored.data)
        })
        .catch(() => undefined)
    },
    stop() {
      isStopped = true
    },
  }
}
