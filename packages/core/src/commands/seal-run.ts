// Sealing a run: what was billed goes into the log, a large run in several actions, and is never edited.
import * as z from 'zod/mini'
import type { BillingFacts } from '../projection/billing-facts.ts'
import { fail, type Result, succeed } from '../result.ts'
import { billingEntrySchemas, type SealedPart } from '../schema/billing-entries.ts'
import { deriveId } from '../schema/derived-id.ts'
import { EntryId, Id } from '../schema/ids.ts'
import { PlainDate } from '../schema/plain-date.ts'
import { checkInput } from './check-input.ts'
import type { CommandContext, Draft } from './draft.ts'

const Dates = z.object({ from: PlainDate, to: PlainDate })
const part = billingEntrySchemas['run.sealed']
/** What `sealRun` of @tierbook/billing gives. */
const SealedRun = z.object({
  period: Dates,
  policy: part.shape.policy,
  hash: part.shape.hash,
  invoices: z.array(
    z.object({
      number: z.string(),
      client: Id,
      currency: z.string(),
      total: z.int(),
      lines: z.array(
        z.object({
          item: z.string(),
          cycle: Dates,
          from: PlainDate,
          to: PlainDate,
          quantity: z.string(),
          amount: z.int(),
          price: z.nullable(EntryId),
          adjusts: z.optional(Dates),
        }),
      ),
    }),
  ),
})
type SealedRun = z.infer<typeof SealedRun>

/** UTF-16 code units of the invoices of one action: with three bytes each they still fit its limit. */
const mostUnits = 80_000

/** Checks a seal and cuts it into actions, each with the id of its own to give back. */
export function sealRun(
  { book }: CommandContext,
  facts: BillingFacts,
  { sealed, prefix }: { readonly sealed: unknown; readonly prefix: string },
): Result<readonly Draft<string>[]> {
  const checked = checkInput(SealedRun, sealed)
  if (!checked.ok) return checked
  const { period, policy, hash, invoices } = checked.value
  if (period.from >= period.to)
    return fail('invalid-input', `period: expected a day after ${period.from}, got ${period.to}`, 'period')
  const taken = facts.seals.find(({ state, from, to }) => state === 'sealed' && from < period.to && period.from < to)
  if (taken)
    return fail('already-sealed', `period: ${taken.from} to ${taken.to} is sealed and shares days with it`, 'period')
  const cuts: SealedPart['invoices'][] = [[]]
  let units = 0
  for (const invoice of invoices.map(toEntry)) {
    const size = JSON.stringify(invoice).length
    if (units + size > mostUnits && units > 0) {
      cuts.push([])
      units = 0
    }
    cuts.at(-1)?.push(invoice)
    units += size
  }
  const subject = deriveId(book, `run:${period.from}:${period.to}`)
  const said = { kind: 'run.sealed' as const, subject, ...period, policy, prefix, hash, of: cuts.length }
  return succeed(
    cuts.map((invoices, place) => ({
      describe: [],
      entries: [{ ...said, part: place, invoices }],
      value: (action) => action,
    })),
  )
}

function toEntry({ lines, ...invoice }: SealedRun['invoices'][number]): SealedPart['invoices'][number] {
  return {
    ...invoice,
    lines: lines.map(({ item, cycle, from, to, quantity, amount, price, adjusts }) =>
      adjusts
        ? [item, cycle.from, cycle.to, from, to, quantity, amount, null, adjusts.from, adjusts.to]
        : [item, cycle.from, cycle.to, from, to, quantity, amount, price],
    ),
  }
}
