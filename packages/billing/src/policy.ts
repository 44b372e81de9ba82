// The choices behind an invoice, in one object, and what well-known systems choose.
import type { Rounding } from './rational.ts'

/** What a change of tier or quantity within a billing cycle does: splits it on the day, waits for its end, or takes it over whole. */
export type ChangeRule = 'now' | 'term' | 'whole'

/** How time becomes money. Every choice is stored with a sealed run. */
export interface Policy {
  /** What is counted: days, or seconds in the book's time zone, where days with a clock change are longer or shorter. */
  readonly unit: 'day' | 'second'
  /** What a part of a cycle is a part of: its real length, months of 30 days, or months of equal weight. */
  readonly denominator: 'actual' | 'fixed30' | 'monthFraction'
  /** Which tier the day of a change is billed on. */
  readonly changeDay: 'new' | 'old'
  /** Whether the day on which service ends is billed. */
  readonly endDay: 'free' | 'billed'
  /** Whether a cycle in which service starts is billed in part or in full. */
  readonly start: 'prorate' | 'full'
  /** Whether a cycle in which service ends is billed in part or in full. */
  readonly end: 'prorate' | 'full'
  readonly upgrade: ChangeRule
  readonly downgrade: ChangeRule
  /** Whether too much that was billed is given back; never more than was billed. */
  readonly credit: 'none' | 'capped'
  /** Adjustments of a sealed period: one line a client, or a line for each item. */
  readonly adjustments: 'net' | 'itemised'
  readonly rounding: Rounding
  /** Where the one rounding is: at the line, or at the price of one unit, which the quantity then multiplies. */
  readonly roundAt: 'line' | 'unit'
}

/** What we recommend: days, real months, the new tier owns the day, everything takes effect at once. */
export const standardPolicy: Policy = {
  unit: 'day',
  denominator: 'actual',
  changeDay: 'new',
  endDay: 'free',
  start: 'prorate',
  end: 'prorate',
  upgrade: 'now',
  downgrade: 'now',
  credit: 'capped',
  adjustments: 'net',
  rounding: 'halfUp',
  roundAt: 'line',
}

/** What other systems do, proved on the worked examples of their own documentation in `test/presets.test.ts`. */
export const presets = {
  standard: standardPolicy,
  stripe: { ...standardPolicy, unit: 'second', adjustments: 'itemised' },
  killbill: { ...standardPolicy, adjustments: 'itemised' },
  lago: { ...standardPolicy, endDay: 'billed', downgrade: 'term', adjustments: 'itemised' },
  connectwise: { ...standardPolicy, roundAt: 'unit' },
  flexprice: { ...standardPolicy, adjustments: 'itemised' },
} as const satisfies Record<string, Policy>

/** Names of the presets. */
export type PresetName = keyof typeof presets
