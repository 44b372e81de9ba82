// Carries an import out action by action: its plan is stored first, so that the next opening finishes what a crash cut short.
import { activityOf, cutIntoActions, draftImportAction, isWritten } from '../commands/import-actions.ts'
import type { CommandContext } from '../commands/draft.ts'
import { ImportPlan, type ImportRow } from '../commands/import-plan.ts'
import { planImport } from '../commands/plan-import.ts'
import { checkInput } from '../commands/check-input.ts'
import { type Result, succeed } from '../result.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { CommandQueue } from './command-queue.ts'
import { markNames } from './durability.ts'

/** Imports into one document. */
export interface Importer {
  plan(rows: readonly ImportRow[], options?: { source?: string }): ImportPlan
  /** Stores a plan that is well-formed. */
  store(plan: unknown): Promise<Result<ImportPlan>>
  /** Writes what of a stored plan is not in the log yet, then forgets the plan; other commands may run in between. */
  carryOut(
    plan: ImportPlan,
    options: { queue: CommandQueue; isStopped: () => boolean },
  ): Promise<Result<{ batch: string; added: number; changed: number }>>
}

/** Makes the importer of one document. */
export function createImporter(context: CommandContext, marks: StorageHandle['marks']): Importer {
  return {
    plan: (rows, options) => planImport(context, rows, options),
    async store(input) {
      const checked = checkInput(ImportPlan, input)
      if (checked.ok) await marks.set(markNames.imports, checked.value)
      return checked
    },
    async carryOut(plan, { queue, isStopped }) {
      const cuts = cutIntoActions(plan)
      for (const [place, steps] of cuts.entries()) {
        if (isStopped() || isWritten(context, plan, steps)) continue
        const draft = () => draftImportAction(context, plan, { steps, of: cuts.length, isFirst: place === 0 })
        const written = await queue.run((writing) => writing.append('importClients', draft))
        if (!written.ok) return written
        // Lets the page paint and the storage write between two actions.
        await new Promise((resolve) => setTimeout(resolve))
      }
      if (isStopped()) return succeed({ batch: plan.batch, added: 0, changed: 0 })
      const activity = activityOf(plan)
      if (activity.length > 0) await queue.run((writing) => writing.report('importClients', activity))
      // A plan that stays, as when another tab's recovery has closed this storage, is carried out again and finds everything written.
      await marks.delete(markNames.imports).catch(() => undefined)
      return succeed({ batch: plan.batch, added: plan.added, changed: plan.changed })
    },
  }
}
