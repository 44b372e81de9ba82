// What an undo or redo did, in one sentence that names what it was about.
import type { UndoChange } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

/** The sentence of the notice; what stays as it is does not count. */
export function doneWords(does: 'undo' | 'redo', changes: readonly UndoChange[]): string {
  const isUndo = does === 'undo'
  const made = changes.filter(({ kind }) => kind !== 'stays')
  const [only, another] = made
  if (another) return (isUndo ? m.undo_done_many : m.undo_redone_many)({ count: made.length })
  if (only) return (isUndo ? m.undo_done_client : m.undo_redone_client)({ name: nameOf(only) })
  if (changes.length > 0) return isUndo ? m.undo_done_same() : m.undo_redone_same()
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
