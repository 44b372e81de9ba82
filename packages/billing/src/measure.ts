// How long a stretch of time is, as an exact number that adds up: the length of two neighbours is that of both together (BL4).
import { daysBetween, known, startOfDaySeconds, type DateRange, type PlainDate } from './plain-date.ts'
import type { Policy } from './policy.ts'
import { divide, one, rationalToText, reduce, subtract, type Rational } from './rational.ts'

/** Which part of a cycle a stretch of time is, in the forms that a line needs. */
export interface Part {
  /** 1 for all of it. */
  readonly fraction: Rational
  /** The same in lowest terms: `15/31`. */
  readonly text: string
  readonly days: number
  readonly cycleDays: number
}

/** Says which part of `cycle` lies in `range`. */
export type Measure = (range: DateRange, cycle: DateRange) => Part

/** The measure of a policy. Every one takes the difference of two positions on a line, which is what makes parts add up to the whole. */
export function createMeasure(policy: Policy, timeZone: string): Measure {
  const position = createPosition(policy, timeZone)
  const measure = (range: DateRange, cycle: DateRange): Rational => {
    if (range.from === cycle.from && range.to === cycle.to) return one
    const [start, end] = [position(cycle.from), position(cycle.to)]
    return divide(subtract(position(range.to), position(range.from)), subtract(end, start))
  }
  const kept = new Map<string, Part>() // many clients change on the same days
  return (range, cycle) => {
    const key = `${range.from}${range.to}${cycle.from}${cycle.to}`
    const found = kept.get(key)
    if (found) return found
    const fraction = reduce(measure(range, cycle))
    const part = {
      fraction,
      text: rationalToText(fraction),
      days: daysBetween(range.from, range.to),
      cycleDays: daysBetween(cycle.from, cycle.to),
    }
    kept.set(key, part)
    return part
  }
}

function createPosition(policy: Policy, timeZone: string): (date: PlainDate) => Rational {
  if (policy.unit === 'second') return remember((date) => whole(startOfDaySeconds(date, timeZone)))
  switch (policy.denominator) {
    case 'actual':
      return (date) => whole(known(date).epochDay)
    case 'fixed30':
      return (date) => {
        const { year, month, day } = known(date)
        return whole((year * 12 + month) * 30 + Math.min(day - 1, 30))
      }
    case 'monthFraction':
      return (date) => {
        const { year, month, day, daysInMonth } = known(date)
        return { num: BigInt((year * 12 + month) * daysInMonth + day - 1), den: BigInt(daysInMonth) }
      }
  }
}

function whole(value: number): Rational {
  return { num: BigInt(value), den: 1n }
}

function remember(position: (date: PlainDate) => Rational): (date: PlainDate) => Rational {
  const kept = new Map<PlainDate, Rational>()
  return (date) => {
    const found = kept.get(date)
    if (found) return found
    const made = position(date)
    kept.set(date, made)
    return made
  }
}
