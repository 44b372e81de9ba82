// Undoes and redoes in one document, and keeps what no log says: the texts of notes that this opening overwrote.
import type { UndoPreview, UndoRequest } from '../book-undo.ts'
import { cutSteps } from '../commands/cut-steps.ts'
import type { Draft } from '../commands/draft.ts'
import { nameAhead } from '../commands/name-ahead.ts'
import { planUndo, type UndoContext } from '../commands/undo.ts'
import { fail, type Result, succeed } from '../result.ts'

interface NoteKept {
  readonly index: number
  readonly before: string | null
  readonly after: string | null
}

/** More notes than anybody steps back through; each may have 10,000 characters. */
const mostNotes = 200

/** Undoing for one document. */
export interface Undoing {
  preview(does: 'undo' | 'redo', request: UndoRequest | undefined): Result<UndoPreview>
  run(
    does: 'undo' | 'redo',
    request: UndoRequest | undefined,
  ): Promise<Result<{ unit: string; actions: readonly string[] }>>
  /** The notes that a draft is about to overwrite. */
  notesOf(draft: Draft<unknown>): readonly NoteKept[]
  keepNotes(action: string, notes: readonly NoteKept[]): void
}

/** Makes it; `appendAll` writes drafts with nothing between them, `idOf` gives the ids of the actions that they become. */
export function createUndoing(parts: {
  context: Omit<UndoContext, 'notes'>
  appendAll: (name: string, decide: () => Result<readonly Draft<string>[]>) => Promise<Result<readonly string[]>>
  idOf: (place: number) => string
}): Undoing {
  const notes = new Map<string, { before: string | null; after: string | null }>()
  const context: UndoContext = { ...parts.context, notes }
  return {
    preview(does, request) {
      const plan = planUndo(context, does, request)
      if (!plan.ok) return plan
      const { steps: _, ...preview } = plan.value
      return succeed(preview)
    },
    async run(does, request) {
      let undone = ''
      const written = await parts.appendAll(does, () => {
        const plan = planUndo(context, does, request)
        if (!plan.ok) return plan
        const { unit, steps, obstacles } = plan.value
        undone = unit
        const [obstacle] = obstacles
        if (obstacle) {
          const more = obstacles.length > 1 ? `, and ${obstacles.length - 1} more` : ''
          return fail(obstacle.code, `${obstacle.message}${more}; nothing was changed`, undefined, obstacle.because)
        }
        const kind = does === 'undo' ? ('action.undone' as const) : ('action.redone' as const)
        return succeed(nameAhead(cutSteps(steps, { head: { kind, subject: unit } }), parts.idOf))
      })
      return written.ok ? succeed({ unit: undone, actions: written.value }) : written
    },
    notesOf: ({ entries, describe }) =>
      entries.flatMap((entry, index) => {
        if (entry.kind !== 'client.edited' || entry.note === undefined) return []
        const after = describe.find(({ key }) => key === `${entry.subject}/note`)?.value ?? null
        const before = context.projection.rows.get(entry.subject)?.note ?? null
        return [{ index, before, after: typeof after === 'string' ? after : null }]
      }),
    keepNotes(action, kept) {
      for (const { index, ...note } of kept) notes.set(`${action}/${index}`, note)
      for (const oldest of notes.keys()) {
        if (notes.size <= mostNotes) break
        notes.delete(oldest)
      }
    },
  }
}
