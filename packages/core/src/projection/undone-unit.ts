// What an entry that undid something, or did it again, is about: the first entry of its unit.
import type { UndoneUnit } from '../book.ts'
import { readAction } from '../log/logged-action.ts'
import type { BookProjection } from './book-projection.ts'

/** Kinds of entries that name a unit. */
export const undoingKinds: ReadonlySet<string> = new Set(['action.undone', 'action.redone'])

/** The unit, an action or a batch, as its first entry says it; undefined where none of it is here. */
export function undoneUnit(projection: BookProjection, unit: string): UndoneUnit | undefined {
  const batch = projection.imports.get(unit)
  const actions = [...(batch?.seen ?? [unit])].flatMap((id) => projection.log.get(id) ?? [])
  const [first] = actions.sort((a, b) => a.n - b.n)
  // A device says its name beside the first thing it does.
  const entry = first && readAction(first).entries.find(({ kind }) => kind !== 'device.added')
  if (!entry) return undefined
  const { kind, subject, ...fields } = entry
  const name = projection.rows.get(subject)?.name ?? (kind === 'client.added' ? fields['name'] : null)
  return { kind, subject, fields, clientName: typeof name === 'string' ? name : null, isBatch: batch !== undefined }
}
