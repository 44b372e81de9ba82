// Whether something that was done is undone by now, as the log says it.
import type { BookView } from '#lib/book/book-view.svelte.ts'

/** Of an action or a batch; follows the log. */
export function isUndone(view: BookView, unit: string): boolean {
  const last = (kind: string) => {
    const changes = view.changes({ kind })
    return changes.slice(0, changes.length).find(({ subject }) => subject === unit)?.n ?? 0
  }
  return last('action.undone') > last('action.redone')
}
