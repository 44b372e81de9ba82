// Cuts an import's plan into actions that each fit the limits, so that every one of them is written whole or not at all.
import type { ClientRow } from '../book.ts'
import { succeed, type Result } from '../result.ts'
import type { KnownEntry } from '../schema/entries.ts'
import { refPrefix, systemOf } from '../schema/other-refs.ts'
import { type CommandContext, type Described, type Draft, entryOf, wasOf } from './draft.ts'
import type { ImportPlan, ImportStep } from './import-plan.ts'
import { refFieldsOf } from './other-refs.ts'

/** Rows per action, a further reference counting like a row: two entries each, with names of the longest kind well below 256 KiB. */
const rowsPerAction = 200

/** The plan's steps that write something, cut into the rows of one action each. */
export function cutIntoActions(plan: ImportPlan): readonly (readonly ImportStep[])[] {
  const logged = plan.steps.filter((step) => step.does !== 'nothing')
  const cuts: ImportStep[][] = []
  let cut: ImportStep[] = []
  let left = 0
  for (const step of logged) {
    const takes = 1 + Object.keys(step.fields.otherRefs ?? {}).length
    if (cut.length === 0 || takes > left) {
      cuts.push((cut = []))
      left = rowsPerAction
    }
    cut.push(step)
    left -= takes
  }
  return cuts
}

/** The fields as the document and the entries have them. */
function flatFields({ fields: { otherRefs, ...fields } }: ImportStep): Readonly<Record<string, string>> {
  const refs = Object.entries(otherRefs ?? {}).map(([system, id]) => [refPrefix + system, id] as const)
  const said = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
  return Object.fromEntries([...said, ...refs])
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
    const fields = flatFields(step)
    const { name = step.name, createdOn = context.projection.today(), ...others } = fields
    for (const [field, value] of Object.entries(fields))
      describe.push({ root: 'clients', key: `${step.client}/${field}`, value })
    if (step.does === 'add') {
      entries.push(entryOf({ kind: 'client.added', subject: step.client, name, createdOn, ...others, note: undefined }))
    } else if (Object.keys(step.fields).length > 0) {
      entries.push(
        entryOf({
          kind: 'client.edited',
          subject: step.client,
          ...fields,
          note: undefined,
          was: row && wasOf(fields, heldBy(row, fields)),
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

/** What a row's fields held, the references that are new to the client included: those held nothing. */
function heldBy(row: ClientRow, fields: Readonly<Record<string, string>>): object {
  const absent = Object.keys(fields).filter((field) => systemOf(field) !== null)
  return { ...row, ...Object.fromEntries(absent.map((field) => [field, null])), ...refFieldsOf(row.otherRefs) }
}
