// What an entry of the log says in words.
import type { Change, TierColourName, UndoneUnit } from '@tierbook/core'
import { fieldWords as fieldName } from '#lib/i18n/because-words.ts'
import { colourWords } from '#lib/tiers/colour-words.ts'
import { dateWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'
import { billingDetail, type Names } from './billing-detail.ts'

/** Kinds of entries and what they are called; also the choices of the log's filter. */
export const kindWords: Readonly<Record<string, () => string>> = {
  'tier.assigned': m.changes_kind_tier_assigned,
  'entry.retracted': m.changes_kind_retracted,
  'client.added': m.changes_kind_client_added,
  'client.edited': m.changes_kind_client_edited,
  'client.ended': m.changes_kind_client_ended,
  'client.resumed': m.changes_kind_client_resumed,
  'tier.added': m.changes_kind_tier_added,
  'tier.edited': m.changes_kind_tier_edited,
  'book.created': m.changes_kind_book_created,
  'book.edited': m.changes_kind_book_edited,
  'import.applied': m.changes_kind_import_applied,
  'device.added': m.changes_kind_device_added,
  'device.revoked': m.changes_kind_device_revoked,
  'view.saved': m.changes_kind_view_saved,
  'price.set': m.changes_kind_price_set,
  'usage.recorded': m.changes_kind_usage_recorded,
  'run.sealed': m.changes_kind_run_sealed,
  'run.exported': m.changes_kind_run_exported,
  'action.withdrawn': m.changes_kind_withdrawn,
  'action.undone': m.changes_kind_undone,
  'action.redone': m.changes_kind_redone,
}

/** The name of the entry's kind. */
export function kindOf(change: Pick<Change, 'kind' | 'newer'>): string {
  return kindWords[change.kind]?.() ?? m.changes_kind_newer({ kind: change.kind })
}

const fieldWords: Readonly<Record<string, () => string>> = {
  name: m.changes_field_name,
  createdOn: m.changes_field_created,
  externalRef: m.changes_field_external_id,
  note: m.changes_field_note,
  timeZone: m.changes_field_time_zone,
  currency: m.changes_field_currency,
  typicalUse: m.changes_field_typical_use,
  rank: m.changes_field_order,
  colour: m.changes_field_colour,
}

/** What the entry's own fields say, beside tier, dates and reason, which have their own places. */
export function detailOf(change: Pick<Change, 'kind' | 'fields' | 'subject' | 'undoes'>, names: Names): string | null {
  const { fields, kind, subject, undoes } = change
  if (undoes) return undoneWords(undoes, names)
  if (kind === 'import.applied') {
    const rows = typeof fields['rows'] === 'number' ? m.ui_rows({ count: fields['rows'] }) : null
    const source = typeof fields['source'] === 'string' ? m.changes_import_source({ source: fields['source'] }) : null
    return [rows, source].filter(Boolean).join(' ') || null
  }
  if (kind === 'device.added') {
    return [fields['actorName'], fields['name']].filter((text) => typeof text === 'string').join(', ') || null
  }
  const billed = billingDetail(kind, fields, names)
  if (billed !== null) return billed
  if (kind === 'view.saved' && fields['name'] === null) return removedView(fields['was'])
  const parts = Object.entries(fieldWords).flatMap(([field, label]) => {
    const value = fields[field]
    // The name of what was added stands beside the entry anyway.
    return value === undefined || (kind === 'client.added' && field === 'name')
      ? []
      : [valueWords(field, label(), value)]
  })
  parts.push(...refParts(fields))
  // Which tier it was stands nowhere else, where its name is not what was edited.
  if (kind === 'tier.edited') parts.unshift(names.tier(subject)?.name ?? subject)
  return parts.length > 0 ? parts.join(' · ') : null
}

/** Of a view that was taken away only what it was called before tells which one. */
function removedView(was: unknown): string {
  const { name } = (was ?? {}) as { name?: unknown }
  return typeof name === 'string'
    ? m.changes_view_removed({ name })
    : m.changes_cleared({ field: m.changes_field_name() })
}

/** What was undone or done again: its kind, whom it was about, and what it said. */
function undoneWords(undoes: UndoneUnit, names: Names): string {
  const { kind, clientName, fields, isBatch } = undoes
  const tier = kind === 'tier.assigned' ? names.tier(String(fields['tier']))?.name : undefined
  const said = [kindOf({ kind, newer: false }), clientName, tier, detailOf(undoes, names)].filter(Boolean).join(' · ')
  return isBatch && kind !== 'import.applied' ? m.changes_undone_batch({ first: said }) : said
}

/** Further external references, each a field of its own. */
function refParts(fields: Change['fields']): string[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    return field.startsWith('ref:') ? [valueWords(field, fieldName(field), value)] : []
  })
}

function valueWords(field: string, label: string, value: unknown): string {
  if (field === 'note') return m.changes_note_changed()
  if (value === null) return m.changes_cleared({ field: label })
  if (field === 'createdOn' && typeof value === 'string') return `${label} ${dateWords(value)}`
  if (field === 'colour')
    return `${label} ${typeof value === 'string' ? (colourWords[value as TierColourName]?.() ?? value) : ''}`
  return typeof value === 'string'
    ? `${label} ${m.ui_quoted({ text: value })}`
    : `${label} ${typeof value === 'number' ? value : JSON.stringify(value)}`
}
