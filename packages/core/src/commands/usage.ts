// Recording usage: how much of a unit a client used in a range of dates. The same records again change nothing.
import * as z from 'zod/mini'
import type { BillingFacts } from '../projection/billing-facts.ts'
import { fail, type Result, succeed } from '../result.ts'
import { UsageFields } from '../schema/billing-entries.ts'
import type { KnownEntry } from '../schema/entries.ts'
import { Id } from '../schema/ids.ts'
import { checkInput, quote } from './check-input.ts'
import { cutSteps } from './cut-steps.ts'
import type { CommandContext, Draft } from './draft.ts'

const UsageRecord = z.extend(UsageFields, { client: Id })
type UsageRecord = z.infer<typeof UsageRecord>
const UsageRecords = z.array(z.unknown()).check(z.minLength(1), z.maxLength(100_000))

/** What a record would do: `change` corrects one of the same client, unit and dates. */
export interface UsageStep {
  readonly does: 'add' | 'change' | 'nothing'
  readonly entries: readonly KnownEntry[]
}

/** Drafts for records of usage, all of them or none: in several actions where one cannot hold them. */
export function recordUsage(
  context: CommandContext,
  facts: BillingFacts,
  input: unknown,
): Result<{ written: number; drafts: readonly Draft<string>[] }> {
  const checked = checkInput(UsageRecords, input)
  if (!checked.ok) return checked
  const take = createUsageSteps(context, facts)
  const steps: UsageStep[] = []
  for (const [index, record] of checked.value.entries()) {
    const step = take(record)
    if (!step.ok) {
      const { code, message, field, because } = step.error
      return fail(code, `${index}.${message}`, field === undefined ? undefined : `${index}.${field}`, because)
    }
    if (step.value.does !== 'nothing') steps.push(step.value)
  }
  if (steps.length === 0) return fail('nothing-to-change', 'usage: all of it is recorded already', undefined)
  const drafts = cutSteps(steps.map(({ entries }) => ({ entries, describe: [] })))
  return succeed({ written: steps.length, drafts })
}

/**
 * Decides record after record, each in sight of those before. One of the same client, unit and dates is corrected: the old one is taken back
 * in the same action. One that overlaps another is refused, since nobody could say which counts.
 */
export function createUsageSteps(
  { projection }: CommandContext,
  facts: BillingFacts,
): (input: unknown) => Result<UsageStep> {
  const recorded = new Map<string, (UsageRecord & { readonly entry: string | null })[]>()
  const keyOf = ({ client, unit }: UsageRecord) => `${client} ${unit}`
  for (const record of facts.usage) addTo(recorded, keyOf(record), record)
  return (input) => {
    const checked = checkInput(UsageRecord, input)
    if (!checked.ok) return checked
    const { client, unit, from, to, quantity } = checked.value
    if (!projection.client(client)?.isAdded)
      return fail('unknown-client', `client: expected the id of a client of this book, got ${quote(client)}`, 'client')
    if (from >= to)
      return fail('invalid-input', `to: expected a day after ${from}, got ${quote(to)}`, 'to', {
        says: 'not-after',
        from,
        to,
      })
    const key = keyOf(checked.value)
    const others = (recorded.get(key) ?? []).filter((one) => one.from < to && from < one.to)
    const same = others.find((one) => one.from === from && one.to === to)
    const other = others.find((one) => one !== same)
    if (other)
      return fail(
        'invalid-input',
        `from: usage of ${unit} is already recorded for ${other.from} to ${other.to}`,
        'from',
        { says: 'usage-recorded', unit, from: other.from, to: other.to },
      )
    if (same && isSameQuantity(same.quantity, quantity)) return succeed({ does: 'nothing', entries: [] })
    if (same?.entry === null)
      return fail('invalid-input', 'from: expected each client, unit and dates once, got the same days twice', 'from')
    const kept = (recorded.get(key) ?? []).filter((one) => one !== same)
    recorded.set(key, [...kept, { client, unit, from, to, quantity, entry: null }])
    const said: KnownEntry = { kind: 'usage.recorded', subject: client, unit, from, to, quantity }
    return succeed(
      same?.entry
        ? { does: 'change', entries: [{ kind: 'entry.retracted', subject: client, target: same.entry }, said] }
        : { does: 'add', entries: [said] },
    )
  }
}

/** `12`, `012` and `12.0` are one quantity. */
function isSameQuantity(a: string, b: string): boolean {
  const plain = (text: string) => {
    const [whole = '', part = ''] = text.split('.')
    return `${whole.replace(/^0+(?=\d)/, '')}.${part.replace(/0+$/, '')}`
  }
  return a === b || plain(a) === plain(b)
}

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
