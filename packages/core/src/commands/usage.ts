// Recording usage: how much of a unit a client used in a range of dates. The same records again change nothing.
import * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import type { BillingFacts } from '../projection/billing-facts.ts'
import { fail, succeed } from '../result.ts'
import { UsageFields } from '../schema/billing-entries.ts'
import type { KnownEntry } from '../schema/entries.ts'
import { Id } from '../schema/ids.ts'
import { checkInput, quote } from './check-input.ts'
import type { Command } from './draft.ts'

const UsageRecord = z.extend(UsageFields, { client: Id })
/** As many as fit one action, corrections of all of them included. */
const mostRecords = 200
const UsageRecords = z.array(UsageRecord).check(z.minLength(1), z.maxLength(mostRecords))

/**
 * Records usage. A record of the same client, unit and dates is corrected: the old one is taken back in the same action. One that overlaps
 * another is refused, since nobody could say which counts.
 */
export function recordUsage(facts: () => BillingFacts): Command<unknown, Appended & { written: number }> {
  return ({ projection }, input) => {
    const checked = checkInput(UsageRecords, input)
    if (!checked.ok) return checked
    const entries: KnownEntry[] = []
    let written = 0
    const standing = [...facts().usage]
    for (const [index, { client, unit, from, to, quantity }] of checked.value.entries()) {
      const field = (name: string) => `${index}.${name}`
      if (!projection.client(client)?.isAdded)
        return fail(
          'unknown-client',
          `${field('client')}: expected the id of a client of this book, got ${quote(client)}`,
          field('client'),
        )
      if (from >= to)
        return fail('invalid-input', `${field('to')}: expected a day after ${from}, got ${quote(to)}`, field('to'))
      const others = standing.filter(
        (one) => one.client === client && one.unit === unit && one.from < to && from < one.to,
      )
      const same = others.find((one) => one.from === from && one.to === to)
      const overlapping = others.find((one) => one !== same)
      if (overlapping)
        return fail(
          'invalid-input',
          `${field('from')}: usage of ${unit} is already recorded for ${overlapping.from} to ${overlapping.to}`,
          field('from'),
        )
      if (same?.quantity === quantity) continue
      if (same?.entry === '') return fail('invalid-input', `${field('from')}: the same days twice`, field('from'))
      if (same) entries.push({ kind: 'entry.retracted', subject: client, target: same.entry })
      entries.push({ kind: 'usage.recorded', subject: client, unit, from, to, quantity })
      standing.push({ client, unit, from, to, quantity, entry: '' })
      written += 1
    }
    if (entries.length === 0) return fail('nothing-to-change', 'usage: all of it is recorded already', undefined)
    return succeed({ describe: [], entries, value: (action) => ({ action, written }) })
  }
}
