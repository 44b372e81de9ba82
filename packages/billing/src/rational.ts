// Exact fractions of whole numbers. An amount is rounded once, at the end of its line (BL1), so nothing before that may round.

/** `num / den` with `den` above zero; not reduced. */
export interface Rational {
  readonly num: bigint
  readonly den: bigint
}

/** How a half is rounded: away from zero, or to the even neighbour. */
export type Rounding = 'halfUp' | 'halfEven'

/** A decimal number: a safe integer, a finite number, or a text such as `"0.06"`. */
export type Decimal = number | string

export const zero: Rational = { num: 0n, den: 1n }
export const one: Rational = { num: 1n, den: 1n }

const decimal = /^(-?)(\d{1,15})(?:\.(\d{1,12}))?$/

/** Reads a decimal number exactly; null where it is none, or has more than 15 digits before or 12 behind the point. */
export function parseDecimal(value: Decimal): Rational | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { num: BigInt(value), den: 1n }
  const match = decimal.exec(String(value))
  if (!match) return null
  const [, sign = '', whole = '', part = ''] = match
  const num = BigInt(whole + part)
  return { num: sign === '-' ? -num : num, den: 10n ** BigInt(part.length) }
}

/** The fraction of a value that has been checked. */
export function toRational(value: Decimal): Rational {
  const read = parseDecimal(value)
  if (!read) throw new Error(`expected a decimal number, got ${JSON.stringify(value)}`)
  return read
}

export function add(a: Rational, b: Rational): Rational {
  if (a.den === b.den) return { num: a.num + b.num, den: a.den }
  return { num: a.num * b.den + b.num * a.den, den: a.den * b.den }
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { num: -b.num, den: b.den })
}

export function multiply(a: Rational, b: Rational): Rational {
  return { num: a.num * b.num, den: a.den * b.den }
}

/** `a / b`; `b` must not be zero. */
export function divide(a: Rational, b: Rational): Rational {
  const sign = b.num < 0n ? -1n : 1n
  return { num: a.num * b.den * sign, den: a.den * b.num * sign }
}

/** Below zero, zero or above, as `a` is to `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.num * b.den - b.num * a.den
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The smallest whole number not below `a`. */
export function ceiling(a: Rational): bigint {
  const quotient = a.num / a.den
  return a.num > 0n && quotient * a.den !== a.num ? quotient + 1n : quotient
}

/** Most minor units of a line: sums of many lines stay exact numbers, and what comes to more is a slip of somebody who typed it. */
export const largestAmount = 100_000_000_000_000

class AmountTooLarge extends RangeError {}

/** What `work` gives, or null where an amount in it is above {@link largestAmount}. */
export function withinLimit<T>(work: () => T): T | null {
  try {
    return work()
  } catch (problem) {
    if (problem instanceof AmountTooLarge) return null
    throw problem
  }
}

/** An amount of minor units; throws what {@link withinLimit} catches where it is too large. */
export function checkAmount(amount: number): number {
  if (Math.abs(amount) <= largestAmount) return amount
  throw new AmountTooLarge(`an amount of ${amount} minor units is too large`)
}

/** Rounds to a whole number; throws what {@link withinLimit} catches where that is too large. */
export function roundToInteger(a: Rational, rounding: Rounding): number {
  const sign = a.num < 0n ? -1n : 1n
  const size = a.num * sign
  const floor = size / a.den
  const twice = (size - floor * a.den) * 2n
  const up = twice > a.den || (twice === a.den && (rounding === 'halfUp' || floor % 2n === 1n))
  return checkAmount(Number((up ? floor + 1n : floor) * sign))
}

/** The same fraction in lowest terms. */
export function reduce({ num, den }: Rational): Rational {
  let [a, b] = [num < 0n ? -num : num, den]
  while (b !== 0n) [a, b] = [b, a % b]
  return a > 1n ? { num: num / a, den: den / a } : { num, den }
}

/** A fraction as text: `15/31`, or `1`. */
export function rationalToText(value: Rational): string {
  const { num, den } = reduce(value)
  return den === 1n ? String(num) : `${num}/${den}`
}
