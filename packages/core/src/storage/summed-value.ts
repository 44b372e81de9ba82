// Small stored values with a checksum beside them. What was stored before there were checksums is taken as it is.
import { sumOfValue } from '../sums.ts'

/** A value to store; one that has a `sum` of its own is kept as it is. */
export function sealValue(value: unknown): unknown {
  return fieldsOf(value)['sum'] === undefined ? { kept: value, keptSum: sumOfValue(value) } : value
}

/** The value that {@link sealValue} was given; `changed` where it is not as it was stored. */
export function openValue(stored: unknown): { readonly value: unknown } | 'changed' {
  const { kept, keptSum } = fieldsOf(stored)
  if (kept === undefined && keptSum === undefined) return { value: stored }
  return kept !== undefined && keptSum === sumOfValue(kept) ? { value: kept } : 'changed'
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return Object(value) as Record<string, unknown>
}
