// Undoing an edit of what describes a client, a tier or the book: the fields go back to what their author saw before.
import type { Because } from '../because.ts'
import type { UndoChange, UndoObstacle } from '../book-undo.ts'
import type { LoggedEntry } from '../projection/logged-entry.ts'
import { systemOf } from '../schema/other-refs.ts'
import { editBook } from './book-settings.ts'
import { editClient } from './clients.ts'
import type { Inverting, Part } from './invert-adding.ts'
import { refFieldsOf } from './other-refs.ts'
import { editTier } from './tiers.ts'

const beside: ReadonlySet<string> = new Set(['kind', 'subject', 'was', 'note'])

/** Edits back, through the command that checks such an edit; refuses where a field has another value by now. */
export function invertEdit({ context }: Inverting, logged: LoggedEntry): readonly Part[] {
  const { projection, notes } = context
  const { kind, subject } = logged.entry
  const client = kind === 'client.edited' ? subject : null
  const now = (
    kind === 'client.edited'
      ? projection.rows.get(subject)
      : kind === 'tier.edited'
        ? projection.tiers().find(({ id }) => id === subject)
        : projection.settings()
  ) as Readonly<Record<string, unknown>> | undefined
  const name = typeof now?.['name'] === 'string' ? now['name'] : subject
  const obstacle = (code: UndoObstacle['code'], what: string, because?: Because): readonly Part[] => [
    { obstacle: { code, client, message: `${name}: ${what}`, ...(because ? { because } : {}) } },
  ]
  if (!now) return obstacle('built-upon', 'it is not there any more', { says: 'gone-since', name })
  const refs = kind === 'client.edited' ? refFieldsOf(projection.rows.get(subject)?.otherRefs) : {}
  const back: Record<string, unknown> = {}
  const otherRefs: Record<string, unknown> = {}
  const was = (logged.entry['was'] ?? {}) as Readonly<Record<string, unknown>>
  for (const [field, value] of Object.entries(logged.entry)) {
    if (beside.has(field)) continue
    const system = systemOf(field)
    if ((system === null ? now[field] : (refs[field] ?? null)) !== value)
      return obstacle('built-upon', `its ${field} was changed again after this`, {
        says: 'field-changed-since',
        name,
        field,
      })
    if (was[field] === undefined)
      return obstacle('not-kept', `what its ${field} was before is not in the log`, {
        says: 'field-not-logged',
        name,
        field,
      })
    if (system === null) back[field] = was[field]
    else otherRefs[system] = was[field]
  }
  if (logged.entry['note'] === 'changed') {
    const kept = notes.get(logged.id)
    if (!kept)
      return obstacle(
        'not-kept',
        'texts of notes are not in the log, so an earlier one is gone once the book was closed',
        { says: 'note-not-logged', name },
      )
    if (now['note'] !== kept.after)
      return obstacle('built-upon', 'its note was changed again after this', {
        says: 'field-changed-since',
        name,
        field: 'note',
      })
    back['note'] = kept.before
  }
  const draft =
    kind === 'client.edited'
      ? editClient(context, { client: subject, ...back, ...(Object.keys(otherRefs).length > 0 ? { otherRefs } : {}) })
      : kind === 'tier.edited'
        ? editTier(context, { tier: subject, ...back })
        : editBook(context, back)
  if (!draft.ok)
    return draft.error.code === 'nothing-to-change'
      ? []
      : obstacle('built-upon', draft.error.message, draft.error.because)
  const kinds = { 'client.edited': 'details', 'tier.edited': 'catalogue', 'book.edited': 'settings' } as const
  const change: UndoChange = { kind: kinds[kind as keyof typeof kinds], client, name, on: null, from: null, to: null }
  return [{ step: draft.value, change }]
}
