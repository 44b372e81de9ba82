// What a price must be besides what its schema says, so that nobody writes one that no invoice can use.
import type * as z from 'zod/mini'
import { fail, type Result, succeed } from '../result.ts'
import type { PriceFields, UpliftFields } from '../schema/billing-entries.ts'
import { quote } from './check-input.ts'

/** Checks dates, model and discount against each other. */
export function checkPrice(price: z.infer<typeof PriceFields>): Result<null> {
  const { item, model, effectiveOn, existingFrom, currency, discount } = price
  if (!isCurrency(currency)) return wrong('currency', 'a code of ISO 4217', currency)
  if (model.type !== 'none' && (model.type === 'flat') === (item.kind === 'usage'))
    return fail('invalid-input', `model.type: a price of kind ${item.kind} cannot be ${model.type}`, 'model.type')
  if (existingFrom !== undefined && item.kind === 'bundle')
    return wrong(
      'existingFrom',
      'none: the price of a bundle holds for all its members from effectiveOn on',
      existingFrom,
    )
  if (typeof existingFrom === 'string' && existingFrom < effectiveOn)
    return wrong('existingFrom', `${effectiveOn} or later`, existingFrom)
  if (discount && 'percent' in discount && Number(discount.percent) > 100)
    return wrong('discount.percent', 'at most 100', discount.percent)
  return 'steps' in model ? checkSteps(model.steps) : succeed(null)
}

/** An uplift may lower prices, and not below nothing. */
export function checkUplift({ percent }: z.infer<typeof UpliftFields>): Result<null> {
  return Number(percent) < -100 ? wrong('percent', 'at least -100', percent) : succeed(null)
}

function checkSteps(steps: readonly { readonly upTo: number | null }[]): Result<null> {
  let last = 0
  for (const [place, { upTo }] of steps.entries()) {
    const field = `model.steps.${place}.upTo`
    const isLast = place === steps.length - 1
    if (isLast !== (upTo === null))
      return wrong(field, isLast ? 'null, for the last step has no end' : 'a number', upTo)
    if (upTo !== null && upTo <= last) return wrong(field, `more than ${last}`, upTo)
    last = upTo ?? last
  }
  return succeed(null)
}

function wrong(field: string, expected: string, got: unknown) {
  return fail('invalid-input', `${field}: expected ${expected}, got ${quote(got)}`, field)
}

let known: ReadonlySet<string> | undefined

/** Whether this device can write amounts of it: what its list lacks, it has no number of decimals for. */
function isCurrency(code: string): boolean {
  known ??= new Set(Intl.supportedValuesOf('currency'))
  return known.has(code)
}
