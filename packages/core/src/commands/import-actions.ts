// Cuts an import's plan into actions that each fit the limits, so that every one of them is written whole or not at all.
import { succeed, type Result } from '../result.ts'
import type { KnownEntry } from '../schema/entries.ts'
import { type CommandContext, type Described, type Draft, entryOf, wasOf } from './draft.ts'
import type { ImportPlan, ImportStep } from './import-plan.ts'

/** Rows per action: two entries each, with names of the longest kind well below 256 KiB. */
export const rowsPerAction = 200

/** The plan's steps that write something, cut into the rows of one action each. */
export function cutIntoActions(plan: ImportPlan): readonly (readonly ImportStep[])[] {
  const logged = plan.steps.filter((step) => step.does !== 'nothing')
  const cuts: ImportStep[][] = []
  for (let start = 0; start < logged.length; start += rowsPerAction)
    cuts.push(logged.slice(start, start + rowsPerAction))
  return cuts
}

/** Whether the action for `steps` is in the log already: it is written whole, so one client tells. */
export function isWritten({ projection }: CommandContext, plan: ImportPlan, steps: readonly ImportStep[]): boolean {
  const first = steps[0]
  const entries = first ? (projection.client(first.client)?.entries() ?? []) : []
  return entries.some(({ action }) => action.batch === plan.batch)
}

/** One action of an import. */
export function draftImportAction(
  context: CommandContext,
  plan: ImportPlan,
  cut: { steps: readonly ImportStep[]; of: number; isFirst: boolean },
): Result<Draft<string>> {
  const describe: Described[] = []
  const entries: KnownEntry[] = []
  if (cut.isFirst) {
    entries.push(
      entryOf({ kind: 'import.applied', subject: plan.batch, rows: plan.rows, source: plan.source ?? undefined }),
    )
  }
  for (const step of cut.steps) {
    const row = context.projection.rows.get(step.client)
    for (const [field, value] of Object.entries(step.fields)) {
      if (value !== undefined) describe.push({ root: 'clients', key: `${step.client}/${field}`, value })
    }
    if (step.does === 'add') {
      const { name = step.name, createdOn = context.projection.today(), externalRef } = step.fields
      entries.push(
        entryOf({ kind: 'client.added', subject: step.client, name, createdOn, externalRef, note: undefined }),
      )
    } else if (Object.keys(step.fields).length > 0) {
      entries.push(
        entryOf({
          kind: 'client.edited',
          subject: step.client,
          ...step.fields,
          note: undefined,
          was: row && wasOf(step.fields, row),
        }),
      )
    }
    if (step.tier) {
      const after = context.projection.client(step.client)?.facts().headIds ?? []
      entries.push(
        entryOf({ kind: 'tier.assigned', subject: step.client, ...step.tier, after: [...after], reason: undefined }),
      )
    }
  }
  return succeed({ describe, entries, batch: { id: plan.batch, of: cut.of }, value: (action) => action })
}

/** The activity that a plan's rows report; a feed, not logged. */
export function activityOf(plan: ImportPlan): readonly { client: string; at: number }[] {
  return plan.steps.flatMap((step) =>
    step.lastActivity === undefined ? [] : [{ client: step.client, at: step.lastActivity }],
  )
}
