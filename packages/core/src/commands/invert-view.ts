// Undoing that a view was saved or taken away: it goes back to what whoever did it saw before.
import type { Because } from '../because.ts'
import type { UndoChange, UndoObstacle } from '../book-undo.ts'
import type { LoggedEntry } from '../projection/logged-entry.ts'
import type { Inverting, Part } from './invert-adding.ts'
import { type ViewFields, viewOf, writeView } from './views.ts'

/** Refuses where somebody saved it or took it away since, and where an older version did not log what was there. */
export function invertView({ context }: Inverting, { entry }: LoggedEntry): readonly Part[] {
  const now = viewOf(context, entry.subject)
  const was = entry['was'] as ViewFields | undefined
  const said = typeof entry['name'] === 'string' ? entry['name'] : null
  const name = now?.name ?? said ?? was?.name ?? ''
  const obstacle = (code: UndoObstacle['code'], message: string, because: Because): readonly Part[] => [
    { obstacle: { code, client: null, message: `the view ${name}: ${message}`, because } },
  ]
  if (!was) return obstacle('not-kept', 'what it showed before is not in the log', { says: 'view-not-logged' })
  const isAsSaid = now
    ? said === now.name && entry['query'] === now.query && entry['columns'] === now.columns.join(',')
    : said === null
  if (!isAsSaid)
    return obstacle('built-upon', 'it was saved or taken away after this', { says: 'view-saved-since', name })
  const change: UndoChange = { kind: 'view', client: null, name, on: null, from: null, to: null }
  return [{ step: writeView(entry.subject, { fields: was, before: now }), change }]
}
