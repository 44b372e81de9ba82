// One step of undo or redo: a single change at once, many only after they were shown.
import type { UndoPreview } from '@tierbook/core'
import type { AppState } from '#lib/app/app-state.svelte.ts'
import { errorWords } from '#lib/i18n/error-words.ts'
import { m } from '#lib/paraglide/messages.js'
import { doneWords } from './undo-words.ts'

/** What somebody wants undone, or done again; without a `unit` the last thing they did, or undid. */
export interface UndoWish {
  readonly does?: 'undo' | 'redo'
  readonly unit?: string
}

/** What is asked about before it happens. */
export interface UndoAsked {
  readonly does: 'undo' | 'redo'
  readonly preview: UndoPreview
}

/** Carries the wish out, or asks. */
export async function undoStep(app: AppState, { does = 'undo', unit }: UndoWish): Promise<void> {
  const { view } = app
  if (!view || app.undoAsked) return
  const request = unit === undefined ? {} : { unit }
  const preview = await (does === 'undo' ? view.book.previewUndo(request) : view.book.previewRedo(request))
  if (!preview.ok) return app.notices.warn(errorWords(preview.error))
  if (preview.value.isBatch || preview.value.changes.length > 1) app.undoAsked = { does, preview: preview.value }
  else await carryOut(app, { does, preview: preview.value })
}

/** Does it, and says so with the way back. */
export async function carryOut(app: AppState, { does, preview }: UndoAsked): Promise<void> {
  const { view } = app
  if (!view) return
  const request = { unit: preview.unit }
  const done = await (does === 'undo' ? view.book.undo(request) : view.book.redo(request))
  if (!done.ok) return app.notices.warn(errorWords(done.error))
  const back = does === 'undo' ? ('redo' as const) : ('undo' as const)
  app.notices.done(
    doneWords(does, preview.changes),
    () => app.undo({ does: back, unit: preview.unit }),
    back === 'redo' ? m.undo_redo() : m.ui_undo(),
  )
}
