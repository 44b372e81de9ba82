// Why a command did nothing, in the language shown.
import type { Because, BecauseOf, BecauseSays } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'
import { dateWords } from '#lib/ui/words.ts'

type Words = { readonly [S in BecauseSays]: (because: BecauseOf<S>) => string }

const days = ({ from, to }: { from: string; to: string }) => ({ from: dateWords(from), to: dateWords(to) })
const day = ({ on }: { on: string }) => ({ on: dateWords(on) })

const words: Words = {
  'name-taken': m.refusals_name_taken,
  'same-values': m.refusals_same_values,
  'already-on-tier': (because) => m.refusals_already_on_tier(day(because)),
  'ended-since': (because) => m.refusals_ended_since(day(because)),
  'in-service': (because) => m.refusals_in_service(day(because)),
  'reference-taken': ({ externalRef }) => m.refusals_reference_taken({ reference: externalRef }),
  'days-sealed': (because) => m.refusals_days_sealed(days(because)),
  'usage-recorded': (because) => m.refusals_usage_recorded({ unit: because.unit, ...days(because) }),
  'not-after': (because) => m.refusals_not_after(days(because)),
  'two-on-a-day': (because) => m.refusals_two_on_a_day(day(because)),
  'settled-already': () => m.refusals_settled_already(),
  'kind-stays': () => m.refusals_kind_stays(),
  'run-stays': () => m.refusals_run_stays(),
  'tier-stays': () => m.refusals_tier_stays(),
  'book-stays': () => m.refusals_book_stays(),
  'export-stays': () => m.refusals_export_stays(),
  'revocation-stays': () => m.refusals_revocation_stays(),
  'by-somebody-else': () => m.refusals_by_somebody_else(),
  'not-all-here': m.refusals_not_all_here,
  'gone-since': m.refusals_gone_since,
  'field-changed-since': ({ name, field }) => m.refusals_field_changed_since({ name, field: fieldWords(field) }),
  'tier-changed-since': m.refusals_tier_changed_since,
  'used-since': m.refusals_used_since,
  'recorded-since': m.refusals_recorded_since,
  'field-not-logged': ({ name, field }) => m.refusals_field_not_logged({ name, field: fieldWords(field) }),
  'view-saved-since': m.refusals_view_saved_since,
  'view-not-logged': () => m.refusals_view_not_logged(),
  'note-not-logged': m.refusals_note_not_logged,
}

const fields: Readonly<Record<string, () => string>> = {
  name: m.changes_field_name,
  createdOn: m.changes_field_created,
  externalRef: m.changes_field_external_id,
  otherRefs: m.changes_field_external_id,
  note: m.changes_field_note,
  timeZone: m.changes_field_time_zone,
  currency: m.changes_field_currency,
  typicalUse: m.changes_field_typical_use,
  rank: m.changes_field_order,
  colour: m.changes_field_colour,
}

/** One sentence. */
export function becauseWords(because: Because): string {
  return (words[because.says] as (because: Because) => string)(because)
}

/** A field as people call it. */
export function fieldWords(field: string): string {
  // Ids in other systems are fields of their own, named after the system.
  if (field.startsWith('ref:')) return m.changes_field_external_id_of({ system: field.slice('ref:'.length) })
  return fields[field]?.() ?? field
}
