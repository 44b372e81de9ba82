// Taking an entry back: appends, never deletes (LG2, TL3).
import * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import { findEntry } from '../projection/changes.ts'
import { isAboutClient, retractableKinds } from '../projection/logged-entry.ts'
import { fail, succeed } from '../result.ts'
import { Reason } from '../schema/entries.ts'
import { EntryId } from '../schema/ids.ts'
import { checkInput, quote } from './check-input.ts'
import { type Command, entryOf } from './draft.ts'

const Retraction = z.strictObject({ entry: EntryId, reason: z.optional(Reason) })

/** Makes an earlier entry count as never made. */
export const retract: Command<unknown, Appended> = ({ projection }, input) => {
  const checked = checkInput(Retraction, input)
  if (!checked.ok) return checked
  const { entry: target, reason } = checked.value
  const logged = findEntry(projection, target)
  if (!logged)
    return fail('unknown-entry', `entry: expected the id of an entry of this book, got ${quote(target)}`, 'entry')
  const { kind, subject } = logged.entry
  const state = projection.client(subject)
  if (!retractableKinds.has(kind) || (isAboutClient(kind) && !state)) {
    return fail('not-retractable', `entry: a ${kind} cannot be taken back; change it again instead`, 'entry', {
      says: 'kind-stays',
      kind,
    })
  }
  if (state?.retractionOf(target))
    return fail('already-retracted', `entry: ${quote(target)} was already taken back`, 'entry')
  const entry = entryOf({ kind: 'entry.retracted' as const, subject, target, reason })
  return succeed({ describe: [], entries: [entry], value: (action) => ({ action }) })
}
