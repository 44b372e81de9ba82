// A price as it is typed, in a form or a file, and the price that it makes: every fault is named with its field, what was expected and what came.
import { currencyDigits, decimalToMinor } from '@tierbook/billing'
import { isPlainDate, type PriceFields } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'
import { amountFault, readsAsThousands } from './amount-fault.ts'
import { shiftPoint } from './price-words.ts'

/** How a quantity becomes an amount. */
export type UsageModelName = 'perUnit' | 'graduated' | 'volume' | 'package'

/** One step of a graduated or volume price, as typed; `upTo` empty has no end. */
export interface StepInput {
  upTo: string
  rate: string
  flat: string
}

/** Everything that can be typed; texts are empty where nothing was. */
export interface PriceInput {
  readonly item: PriceFields['item']
  readonly model: 'flat' | 'none' | UsageModelName
  readonly client: string
  readonly currency: string
  readonly amount: string
  /** Units of one package. */
  readonly size: string
  readonly steps: readonly Readonly<StepInput>[]
  readonly included: string
  readonly minimum: string
  readonly aggregate: 'sum' | 'max' | 'last'
  readonly interval: PriceFields['interval']
  readonly timing: PriceFields['timing']
  readonly cycle: PriceFields['cycle']
  readonly effectiveOn: string
  readonly existing: 'all' | 'later' | 'never'
  readonly existingFrom: string
  readonly setupFee: string
  readonly discountKind: 'percent' | 'amount'
  readonly discount: string
  readonly discountUntil: string
  readonly taxCode: string
  readonly cost: string
}

/** What is wrong with a field of a {@link PriceInput}; steps are named `steps.<place>.<field>`. */
export interface PriceFault {
  readonly field: string
  readonly message: string
}

type Model = PriceFields['model']
type Reader = ReturnType<typeof createReader>

/** The price, or what is wrong with it. */
export function readPrice(input: PriceInput): { price: PriceFields } | { faults: readonly PriceFault[] } {
  const currency = input.currency.trim().toUpperCase()
  const read = createReader(currency)
  if (currencyDigits(currency) === null) read.fault('currency', m.ui_expected_currency())
  else if (input.item.kind === 'usage' && !input.item.unit) read.fault('unit', m.prices_no_unit())
  const price: PriceFields = {
    item: input.item,
    effectiveOn: read.date('effectiveOn', input.effectiveOn),
    currency,
    interval: input.interval,
    timing: input.item.kind === 'usage' ? 'arrears' : input.timing,
    cycle: input.cycle,
    model: readModel(input, read),
    ...(input.client ? { client: input.client } : {}),
    ...(input.existing === 'never' ? { existingFrom: null } : {}),
    ...(input.existing === 'later' ? { existingFrom: read.date('existingFrom', input.existingFrom) } : {}),
    ...(input.setupFee.trim() ? { setupFee: read.money('setupFee', input.setupFee) } : {}),
    ...(input.cost.trim() ? { cost: read.rate('cost', input.cost) } : {}),
    ...(input.discount.trim() ? { discount: readDiscount(input, read) } : {}),
    ...(input.taxCode.trim() ? { taxCode: input.taxCode.trim() } : {}),
  }
  return read.faults.length > 0 ? { faults: read.faults } : { price }
}

function readModel(input: PriceInput, read: Reader): Model {
  if (input.model === 'none') return { type: 'none' }
  if (input.model === 'flat') return { type: 'flat', amount: read.money('amount', input.amount) }
  const terms = {
    ...(input.included.trim() ? { included: read.count('included', input.included, 0) } : {}),
    ...(input.minimum.trim() ? { minimum: read.money('minimum', input.minimum) } : {}),
    ...(input.aggregate === 'sum' ? {} : { aggregate: input.aggregate }),
  }
  switch (input.model) {
    case 'perUnit':
      return { type: 'perUnit', rate: read.rate('amount', input.amount), ...terms }
    case 'package':
      return {
        type: 'package',
        size: read.count('size', input.size, 1),
        amount: read.money('amount', input.amount),
        ...terms,
      }
    case 'graduated':
    case 'volume':
      return { type: input.model, steps: readSteps(input.steps, read), ...terms }
  }
}

/** Steps rise, and the last one has no end, so that every quantity has a price. */
function readSteps(steps: PriceInput['steps'], read: Reader): Extract<Model, { type: 'volume' }>['steps'] {
  let reached = 0
  return steps.map(({ upTo, rate, flat }, place) => {
    const isLast = place === steps.length - 1
    const field = (name: string) => `steps.${place}.${name}`
    const end = isLast && !upTo.trim() ? null : read.count(field('upTo'), upTo, reached + 1)
    if (isLast && end !== null) read.fault(field('upTo'), m.prices_step_open())
    reached = Math.max(reached, end ?? 0)
    return {
      upTo: end,
      rate: read.rate(field('rate'), rate),
      ...(flat.trim() ? { flat: read.money(field('flat'), flat) } : {}),
    }
  })
}

function readDiscount(input: PriceInput, read: Reader): NonNullable<PriceFields['discount']> {
  const until = input.discountUntil ? read.date('discountUntil', input.discountUntil) : null
  return input.discountKind === 'amount'
    ? { amount: read.money('discount', input.discount), until }
    : { percent: read.percent('discount', input.discount), until }
}

/** Reads texts; what does not fit is noted, and something harmless given in its place. */
function createReader(currency: string) {
  const digits = currencyDigits(currency) ?? 2
  const faults: PriceFault[] = []
  const fault = (field: string, message: string) => {
    faults.push({ field, message })
  }
  const decimalOf = (text: string) => text.trim().replace(',', '.')
  return {
    faults,
    fault,
    money(field: string, text: string): number {
      const amount = readsAsThousands(text) ? null : decimalToMinor(decimalOf(text), currency)
      if (amount === null || amount < 0) fault(field, amountFault(text, { currency }))
      return Math.max(0, amount ?? 0)
    },
    /** Minor units with decimals. */
    rate(field: string, text: string): string {
      if (!readsAsThousands(text) && /^\d{1,9}(?:\.\d{1,9})?$/.test(decimalOf(text)))
        return shiftPoint(decimalOf(text), digits)
      fault(field, amountFault(text, { currency, isRate: true }))
      return '0'
    },
    percent(field: string, text: string): string {
      if (/^\d{1,3}(?:\.\d{1,6})?$/.test(decimalOf(text)) && Number(decimalOf(text)) <= 100) return decimalOf(text)
      fault(field, m.prices_not_a_percentage({ text }))
      return '0'
    },
    count(field: string, text: string, least: number): number {
      const count = Number(text.trim() || Number.NaN)
      if (Number.isSafeInteger(count) && count >= least) return count
      fault(field, m.prices_not_a_count({ least, text }))
      return least
    },
    date(field: string, text: string): string {
      if (!isPlainDate(text)) fault(field, m.prices_not_a_date({ text }))
      return text
    },
  }
}

/** What a price has that nobody typed anything into. */
export function blankPrice(currency: string, effectiveOn: string): PriceInput {
  return {
    item: { kind: 'client' },
    model: 'flat',
    client: '',
    currency,
    amount: '',
    size: '',
    steps: [],
    included: '',
    minimum: '',
    aggregate: 'sum',
    interval: 'month',
    timing: 'arrears',
    cycle: 'calendar',
    effectiveOn,
    existing: 'all',
    existingFrom: '',
    setupFee: '',
    discountKind: 'percent',
    discount: '',
    discountUntil: '',
    taxCode: '',
    cost: '',
  }
}
