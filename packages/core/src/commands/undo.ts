// Works out what undoing a unit takes: for each entry the one that takes it back, or says again what it took back. Decides; never writes.
import type { UndoChange, UndoObstacle, UndoPreview, UndoRequest } from '../book-undo.ts'
import type { BillingFacts } from '../projection/billing-facts.ts'
import { fail, type Result, succeed } from '../result.ts'
import type { KnownEntry } from '../schema/entries.ts'
import { ActionId, Id } from '../schema/ids.ts'
import * as z from 'zod/mini'
import { checkInput, quote } from './check-input.ts'
import type { CommandContext, Described } from './draft.ts'
import { invert, type NotesBefore } from './invert.ts'
import { readUnits, type Unit, type Units } from './undo-units.ts'

const Request = z.strictObject({ unit: z.optional(z.union([ActionId, Id])) })

/** Entries that stay together, with the fields they account for. */
export interface Step {
  readonly entries: readonly KnownEntry[]
  readonly describe: readonly Described[]
}

/** Everything an undo would do. */
export interface UndoPlan extends UndoPreview {
  readonly steps: readonly Step[]
}

/** What an undo reads. */
export interface UndoContext extends CommandContext {
  readonly actor: string
  readonly facts: () => BillingFacts
  readonly notes: NotesBefore
}

/** Plans to undo, or to do again, what `request` names. */
export function planUndo(context: UndoContext, does: 'undo' | 'redo', request: UndoRequest = {}): Result<UndoPlan> {
  const checked = checkInput(Request, request)
  if (!checked.ok) return checked
  const units = readUnits(context.projection)
  const found = findUnit(context, units, { does, unit: checked.value.unit })
  if (!found.ok) return found
  const unit = found.value
  const obstacles: UndoObstacle[] = []
  const changes: UndoChange[] = []
  const steps: Step[] = []
  const imports = context.projection.imports.get(unit.id)
  if (imports && imports.seen.size < imports.of) {
    const message = `unit: ${imports.seen.size} of its ${imports.of} actions are here; it can be undone once all are`
    const because = { says: 'not-all-here' as const, seen: imports.seen.size, of: imports.of }
    obstacles.push({ code: 'not-undoable', client: null, message, because })
  } else {
    for (const part of invert(context, unit, units)) {
      if (part.step) steps.push(part.step)
      if (part.change) changes.push(part.change)
      if (part.obstacle) obstacles.push(part.obstacle)
    }
  }
  const at = unit.actions[0]?.at ?? 0
  return succeed({ unit: unit.id, isBatch: unit.isBatch, at, changes, obstacles, steps })
}

function findUnit(
  { actor, projection }: UndoContext,
  units: Units,
  { does, unit: id }: { does: 'undo' | 'redo'; unit: string | undefined },
): Result<Unit> {
  const isUndo = does === 'undo'
  const nothing = isUndo
    ? fail('nothing-to-undo', 'nothing you did is left to undo')
    : fail('nothing-to-redo', 'nothing you undid is left to do again')
  if (id === undefined) {
    const last = isUndo ? units.lastDone(actor) : units.lastUndone(actor)
    return last ? succeed(last) : nothing
  }
  // Whoever names an action of a batch means the batch.
  const batch = [...projection.imports].find(([, { seen }]) => seen.has(id))?.[0]
  const unit = units.find(batch ?? id)
  if (!unit) return fail('unknown-entry', `unit: expected the id of an action or batch, got ${quote(id)}`, 'unit')
  if (unit.actions.some(({ by }) => by !== actor))
    return fail('not-undoable', 'unit: somebody else did it; each person undoes what they did', 'unit', {
      says: 'by-somebody-else',
    })
  return unit.isUndone === isUndo ? nothing : succeed(unit)
}
