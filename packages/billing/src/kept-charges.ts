// Amounts of a run that many clients share: the same price for the same part of a cycle costs the same and is explained in the same words.
import type { Slice } from './base-charges.ts'
import type { LineBasis } from './line.ts'
import type { Part } from './measure.ts'
import type { Price } from './input.ts'

/** What one recurring line costs, and why. */
export interface Charge {
  readonly amount: number
  readonly cost: number | null
  readonly basis: LineBasis
  readonly explanation: string
}

/** Gives the charge of a slice for a part of a cycle; `work` is called where none like it was asked for before. */
export type KeptCharges = (slice: Slice, part: Part, work: () => Charge) => Charge

/**
 * Makes an empty store for one run. A charge depends on the price, the part (one object for one range and cycle, see `createMeasure`) and
 * on what is compared below; nothing else of a slice may enter it.
 */
export function createKeptCharges(): KeptCharges {
  const kept = new Map<Price, Map<Part, Map<number, Kept>>>()
  return (slice, part, work) => {
    const byPart = kept.get(slice.price) ?? new Map<Part, Map<number, Kept>>()
    if (byPart.size === 0) kept.set(slice.price, byPart)
    const byQuantity = byPart.get(part) ?? new Map<number, Kept>()
    if (byQuantity.size === 0) byPart.set(part, byQuantity)
    const found = byQuantity.get(slice.quantity)
    if (found && isAlike(slice, found.slice)) return found.charge
    const charge = work()
    byQuantity.set(slice.quantity, { slice, charge })
    return charge
  }
}

interface Kept {
  readonly slice: Slice
  readonly charge: Charge
}

function isAlike(a: Slice, b: Slice): boolean {
  return a.uplift === b.uplift && a.discount === b.discount && a.origin === b.origin && a.title === b.title
}
