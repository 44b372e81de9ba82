// The kinds of entries that are billed by: prices, usage, sealed runs. What makes an invoice of them is @tierbook/billing.
import * as z from 'zod/mini'
import { EntryId, Id, TierId } from './ids.ts'
import { PlainDate } from './plain-date.ts'

/** A name or unit as people write it. */
const Label = z.string().check(
  z.minLength(1),
  z.maxLength(200),
  z.refine((text) => text.isWellFormed(), { error: 'expected well-formed Unicode' }),
)
const Currency = z.string().check(z.regex(/^[A-Z]{3}$/))
/** Minor units of the currency. */
const Amount = z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER))
const Difference = z.int()
/** A number that may have decimals, as text so that it stays exact: `"0.06"`. */
const Decimal = z.string().check(z.regex(/^\d{1,15}(?:\.\d{1,12})?$/))
const SignedDecimal = z.string().check(z.regex(/^-?\d{1,15}(?:\.\d{1,12})?$/))

const item = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('client') }),
  z.object({ kind: z.literal('tier'), tier: TierId }),
  z.object({ kind: z.literal('usage'), unit: Label, tier: z.optional(TierId) }),
  z.object({
    kind: z.literal('bundle'),
    bundle: Id,
    name: Label,
    payer: Id,
    members: z.array(Id).check(z.maxLength(1_000)),
    includes: z.array(Label).check(z.maxLength(100)),
  }),
])

const steps = z
  .array(z.object({ upTo: z.nullable(z.int().check(z.minimum(1))), rate: Decimal, flat: z.optional(Amount) }))
  .check(z.minLength(1), z.maxLength(100))
const usageTerms = {
  included: z.optional(Amount),
  minimum: z.optional(Amount),
  aggregate: z.optional(z.enum(['sum', 'max', 'last'])),
}
const model = z.discriminatedUnion('type', [
  z.object({ type: z.literal('flat'), amount: Amount }),
  z.object({ type: z.literal('perUnit'), rate: Decimal, ...usageTerms }),
  z.object({ type: z.literal('graduated'), steps, ...usageTerms }),
  z.object({ type: z.literal('volume'), steps, ...usageTerms }),
  z.object({ type: z.literal('package'), size: z.int().check(z.minimum(1)), amount: Amount, ...usageTerms }),
  z.object({ type: z.literal('none') }),
])

/** What a price is and from when on it holds; see `Price` of @tierbook/billing. */
export const PriceFields = z.object({
  item,
  /** The client whose own price it is. */
  client: z.optional(Id),
  effectiveOn: PlainDate,
  /** From when on clients that were there before have it; null: never. */
  existingFrom: z.optional(z.nullable(PlainDate)),
  currency: Currency,
  interval: z.enum(['month', 'quarter', 'year']),
  timing: z.enum(['advance', 'arrears']),
  cycle: z.enum(['calendar', 'anniversary']),
  model,
  setupFee: z.optional(Amount),
  discount: z.optional(
    z.union([
      z.object({ percent: Decimal, until: z.nullable(PlainDate) }),
      z.object({ amount: Amount, until: z.nullable(PlainDate) }),
    ]),
  ),
  taxCode: z.optional(Label),
  cost: z.optional(Decimal),
})

/** A rise (or fall) of all earlier prices by a percentage, for some clients and tiers or all. */
export const UpliftFields = z.object({
  effectiveOn: PlainDate,
  percent: SignedDecimal,
  clients: z.optional(z.array(Id).check(z.maxLength(5_000))),
  tiers: z.optional(z.array(TierId).check(z.maxLength(100))),
})

/** How much a client used of a unit in a range of dates. */
export const UsageFields = z.object({ unit: Label, from: PlainDate, to: PlainDate, quantity: Decimal })

const range = { from: PlainDate, to: PlainDate }
const billed = [Label, PlainDate, PlainDate, PlainDate, PlainDate, Decimal, Difference] as const
/** One billed line: item, cycle from and to, days from and to, quantity, minor units, price entry; for an adjustment the period it corrects; last the tax code, where there is one. */
const SealedLine = z.union([
  z.tuple([...billed, z.nullable(EntryId)]),
  z.tuple([...billed, z.nullable(EntryId), Label]),
  z.tuple([...billed, z.null(), PlainDate, PlainDate]),
  z.tuple([...billed, z.null(), PlainDate, PlainDate, Label]),
])
const SealedInvoice = z.object({
  number: Label,
  client: Id,
  currency: Currency,
  total: Difference,
  lines: z.array(SealedLine),
})

/** The choices behind a run; see `Policy` of @tierbook/billing. */
const PolicyFields = z.object({
  unit: z.enum(['day', 'second']),
  denominator: z.enum(['actual', 'fixed30', 'monthFraction']),
  changeDay: z.enum(['new', 'old']),
  endDay: z.enum(['free', 'billed']),
  start: z.enum(['prorate', 'full']),
  end: z.enum(['prorate', 'full']),
  upgrade: z.enum(['now', 'term', 'whole']),
  downgrade: z.enum(['now', 'term', 'whole']),
  credit: z.enum(['none', 'capped']),
  adjustments: z.enum(['net', 'itemised']),
  rounding: z.enum(['halfUp', 'halfEven']),
  roundAt: z.enum(['line', 'unit']),
})

/** Files made of a period's invoices: `format` as the app names it, `hash` of the run, names of the files. */
export const ExportFields = z.object({
  ...range,
  format: z.string().check(z.regex(/^[a-z][a-z-]{0,39}$/)),
  hash: z.string().check(z.regex(/^[\w-]{43}$/)),
  files: z.array(Label).check(z.minLength(1), z.maxLength(500)),
})

export const billingEntrySchemas = {
  'price.set': z.union([
    z.extend(PriceFields, { kind: z.literal('price.set'), subject: Id }),
    z.object({ kind: z.literal('price.set'), subject: Id, uplift: UpliftFields }),
  ]),
  'usage.recorded': z.extend(UsageFields, { kind: z.literal('usage.recorded'), subject: Id }),
  'run.sealed': z.object({
    kind: z.literal('run.sealed'),
    subject: Id,
    ...range,
    policy: PolicyFields,
    /** The book's currency when it was sealed. */
    currency: z.optional(Currency),
    prefix: z.string().check(z.maxLength(40)),
    /** SHA-256 of the run's canonical bytes. */
    hash: z.string().check(z.regex(/^[\w-]{43}$/)),
    /** A large run is cut: this is part `part` of `of`, counted from 0. */
    part: z.int().check(z.minimum(0), z.maximum(10_000)),
    of: z.int().check(z.minimum(1), z.maximum(10_000)),
    invoices: z.array(SealedInvoice).check(z.maxLength(2_000)),
  }),
  // Says what left the book, for whoever exports next; it changes nothing.
  'run.exported': z.extend(ExportFields, { kind: z.literal('run.exported'), subject: Id }),
} as const

/** A price as a log entry has it. */
export type PriceFields = z.infer<typeof PriceFields>
/** An uplift as a log entry has it. */
export type UpliftFields = z.infer<typeof UpliftFields>
/** Usage as a log entry has it. */
export type UsageFields = z.infer<typeof UsageFields>
/** An export as a log entry has it. */
export type ExportFields = z.infer<typeof ExportFields>
/** A part of a sealed run as a log entry has it. */
export type SealedPart = z.infer<(typeof billingEntrySchemas)['run.sealed']>
