// Sealing a run: what was billed goes into the log, a large run in several actions, and is never edited.
import * as z from 'zod/mini'
import { nextTask } from '../next-task.ts'
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
/** What `sealRun` of @tierbook/billing gives, short of what its invoices are. */
const SealedRun = z.object({
  period: Dates,
  policy: part.shape.policy,
  currency: part.shape.currency,
  hash: part.shape.hash,
  invoices: z.array(z.unknown()),
})
const SealedInvoice = z.object({
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
      taxCode: z.optional(z.string()),
    }),
  ),
})
type SealedInvoice = z.infer<typeof SealedInvoice>

/** UTF-16 code units of the invoices of one action: with three bytes each they still fit its limit. */
const mostUnits = 80_000

const invoicesATask = 250 // some 10 ms to check

/** Checks a seal, some invoices at a time, and cuts it into actions, each with the id of its own to give back. */
export async function sealRun(
  { book }: CommandContext,
  facts: () => BillingFacts,
  { sealed, prefix }: { readonly sealed: unknown; readonly prefix: string },
): Promise<Result<readonly Draft<string>[]>> {
  const checked = checkInput(SealedRun, sealed)
  if (!checked.ok) return checked
  const { period, policy, currency, hash, invoices } = checked.value
  if (period.from >= period.to)
    return fail('invalid-input', `period: expected a day after ${period.from}, got ${period.to}`, 'period', {
      says: 'not-after',
      ...period,
    })
  const cuts: SealedPart['invoices'][] = [[]]
  let units = 0
  for (const [index, invoice] of invoices.entries()) {
    if (index % invoicesATask === invoicesATask - 1) await nextTask()
    const one = checkInput(SealedInvoice, invoice)
    if (!one.ok) {
      const place = `invoices.${index}`
      const { message, field } = one.error
      return fail('invalid-input', `${place}.${message}`, field ? `${place}.${field}` : place)
    }
    const entry = toEntry(one.value)
    const size = JSON.stringify(entry).length
    if (units + size > mostUnits && units > 0) {
      cuts.push([])
      units = 0
    }
    cuts.at(-1)?.push(entry)
    units += size
  }
  // Asked last: another seal may have come while this one was checked.
  const taken = facts().seals.find(({ state, from, to }) => state === 'sealed' && from < period.to && period.from < to)
  if (taken)
    return fail('already-sealed', `period: ${taken.from} to ${taken.to} is sealed and shares days with it`, 'period', {
      says: 'days-sealed',
      from: taken.from,
      to: taken.to,
    })
  const subject = deriveId(book, `run:${period.from}:${period.to}`)
  const said = {
    ...{ kind: 'run.sealed' as const, subject, ...period, policy, prefix, hash, of: cuts.length },
    ...(currency === undefined ? {} : { currency }),
  }
  return succeed(
    cuts.map((invoices, place) => ({
      describe: [],
      entries: [{ ...said, part: place, invoices }],
      value: (action) => action,
    })),
  )
}

function toEntry({ lines, ...invoice }: SealedInvoice): SealedPart['invoices'][number] {
  return {
    ...invoice,
    lines: lines.map(({ item, cycle, from, to, quantity, amount, price, adjusts, taxCode }) => {
      const billed = [item, cycle.from, cycle.to, from, to, quantity, amount] as const
      if (!adjusts) return taxCode === undefined ? [...billed, price] : [...billed, price, taxCode]
      const correction = [...billed, null, adjusts.from, adjusts.to] as const
      return taxCode === undefined ? [...correction] : [...correction, taxCode]
    }),
  }
}
