// Cuts what belongs together but may be too large for one action into drafts that share a batch.
import type { AnyEntry, KnownEntry } from '../schema/entries.ts'
import { createId } from '../schema/ids.ts'
import type { Draft } from './draft.ts'
import type { Step } from './undo.ts'

/** With room for the envelope, a device's introduction and the entry that heads each action. */
const mostEntries = 450
/** UTF-16 code units of an action's entries: with three bytes each they still fit its limit. */
const mostUnits = 80_000

/** Drafts in the order of `steps`; `head` begins each of them. `batch` names what they share, by default only where there are several. */
export function cutSteps(steps: readonly Step[], options: { head?: KnownEntry; batch?: string } = {}): Draft<string>[] {
  const cuts: Step[][] = [[]]
  let [entries, units] = [0, 0]
  for (const step of steps.flatMap(parted)) {
    const size = unitsOf(step.entries)
    if (entries > 0 && (entries + step.entries.length > mostEntries || units + size > mostUnits)) {
      cuts.push([])
      entries = units = 0
    }
    cuts.at(-1)?.push(step)
    entries += step.entries.length
    units += size
  }
  const batch = options.batch ?? (cuts.length > 1 ? createId() : undefined)
  return cuts.map((cut) => ({
    entries: [...(options.head ? [options.head] : []), ...cut.flatMap((step) => step.entries)],
    describe: cut.flatMap((step) => step.describe),
    ...(batch ? { batch: { id: batch, of: cuts.length } } : {}),
    value: (action) => action,
  }))
}

/** One client's history may be longer than an action; where no fields go with them, its entries may stand in several. */
function parted(step: Step): readonly Step[] {
  if (step.entries.length <= mostEntries || step.describe.length > 0) return [step]
  return step.entries.map((entry) => ({ entries: [entry], describe: [] }))
}

function unitsOf(entries: readonly AnyEntry[]): number {
  return JSON.stringify(entries).length
}
