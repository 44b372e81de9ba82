// What an undo or redo did, in one sentence that names what it was about.
import type { UndoChange } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

/** The sentence of the notice. */
export function doneWords(does: 'undo' | 'redo', changes: readonly UndoChange[]): string {
  const isUndo = does === 'undo'
  const [only, another] = changes
  if (another) return (isUndo ? m.undo_done_many : m.undo_redone_many)({ count: changes.length })
  if (only) return (isUndo ? m.undo_done_client : m.undo_redone_client)({ name: nameOf(only) })
  return isUndo ? m.undo_done() : m.undo_redone()
}

function nameOf({ kind, name }: UndoChange): string {
  switch (kind) {
    case 'price':
      return name === '' ? m.undo_of_prices() : m.undo_of_price({ name })
    case 'usage':
      return m.undo_of_usage({ name })
    case 'catalogue':
      return m.undo_of_catalogue({ name })
    case 'settings':
      return m.undo_of_settings()
    case 'view':
      return m.undo_of_view({ name })
    default:
      return name
  }
}
