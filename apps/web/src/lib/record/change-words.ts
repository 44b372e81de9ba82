// What a saved change of tier or service did, in words that are true: one of an earlier date may change only the past.
import type { Book, ClientRow } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'
import { dateWords } from '#lib/ui/words.ts'
import { periodsSince } from '#lib/tiers/periods-since.ts'

/** What is asked of the book, and of the catalogue of tiers. */
interface ChangedBook {
  readonly book: Pick<Book, 'tierPeriods'>
  today(): string
  tier(id: string | null): { readonly name: string } | null
}

/** Says of a change that is in the book already from when until when it holds, and what holds today. */
export function tierChangeWords(
  view: ChangedBook,
  { id, name }: Pick<ClientRow, 'id' | 'name'>,
  change: { tier: string; effectiveOn: string },
): string {
  const nameOf = (tier: string) => view.tier(tier)?.name ?? tier
  const { effectiveOn } = change
  const tier = nameOf(change.tier)
  if (effectiveOn > view.today()) return m.record_scheduled({ client: name, tier, date: dateWords(effectiveOn) })
  const { until, tierToday } = periodsSince(view.book, id, { from: effectiveOn, today: view.today() })
  if (until === null) return m.record_is_on({ client: name, tier })
  const was = { client: name, tier, from: dateWords(effectiveOn), to: dateWords(until) }
  return tierToday === null
    ? m.record_was_on_without_service(was)
    : m.record_was_on({ ...was, today: nameOf(tierToday) })
}

/** Says the same of an end of service, or of its resumption. */
export function serviceChangeWords(
  view: ChangedBook,
  { id, name }: Pick<ClientRow, 'id' | 'name'>,
  change: { does: 'end' | 'resume'; effectiveOn: string },
): string {
  const { does, effectiveOn } = change
  const on = { name, date: dateWords(effectiveOn) }
  if (effectiveOn >= view.today()) return (does === 'end' ? m.record_ends_on : m.record_resumes_on)(on)
  const { untilService, tierToday } = periodsSince(view.book, id, { from: effectiveOn, today: view.today() })
  if (untilService === null) return (does === 'end' ? m.record_ended_on : m.record_resumed_on)(on)
  const span = { name, from: on.date, to: dateWords(untilService) }
  if (does === 'resume') return (tierToday === null ? m.record_served_without_today : m.record_served)(span)
  return (tierToday === null ? m.record_unserved_without_today : m.record_unserved)(span)
}

/** What is odd about a change dated before the client was created; null where it is not, or no date is given yet. */
export function beforeCreatedWords({ createdOn }: Pick<ClientRow, 'createdOn'>, effectiveOn: string): string | null {
  if (effectiveOn === '' || effectiveOn >= createdOn) return null
  return m.record_before_created({ date: dateWords(createdOn) })
}
