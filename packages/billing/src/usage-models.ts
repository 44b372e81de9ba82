// From a quantity to an amount, exactly: per unit, graduated, volume, package; with units that are free (BL11).
import type { PriceStep, UsageModel } from './input.ts'
import { add, ceiling, compare, divide, multiply, subtract, toRational, zero, type Rational } from './rational.ts'

/** What `quantity` units cost, `free` of them nothing, in minor units before rounding. */
export function usageAmount(model: UsageModel, quantity: Rational, free: Rational): Rational {
  const billable = compare(quantity, free) > 0 ? subtract(quantity, free) : zero
  switch (model.type) {
    case 'perUnit':
      return multiply(toRational(model.rate), billable)
    case 'package': {
      const packages = ceiling(divide(billable, toRational(model.size)))
      return { num: packages * BigInt(model.amount), den: 1n }
    }
    case 'graduated':
      return graduated(model.steps, billable)
    case 'volume':
      return volume(model.steps, billable)
  }
}

/** Each unit at the rate of the step it falls into; `flat` of every step that is reached. */
function graduated(steps: readonly PriceStep[], quantity: Rational): Rational {
  let amount = zero
  let below = zero
  for (const { upTo, rate, flat = 0 } of steps) {
    if (compare(quantity, below) <= 0) break
    const end = upTo === null ? quantity : toRational(upTo)
    const inStep = subtract(compare(quantity, end) < 0 ? quantity : end, below)
    amount = add(amount, add(multiply(inStep, toRational(rate)), toRational(flat)))
    below = end
  }
  return amount
}

/** All units at the rate of the step that the total reaches. */
function volume(steps: readonly PriceStep[], quantity: Rational): Rational {
  if (compare(quantity, zero) === 0) return zero
  const step = steps.find(({ upTo }) => upTo === null || compare(quantity, toRational(upTo)) <= 0)
  return step ? add(multiply(quantity, toRational(step.rate)), toRational(step.flat ?? 0)) : zero
}
