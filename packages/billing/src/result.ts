// What can go wrong with the input as a whole. What is wrong with one record makes that record not billable instead (BL18).

/** Why there is no run: `message` says what came and what was expected. */
export interface BillingError {
  readonly code: 'bad-period' | 'bad-policy' | 'unknown-time-zone' | 'duplicate-client'
  readonly message: string
  readonly field: string
}

/** Either a value or an expected failure. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: BillingError }

/** Builds a failure. */
export function fail(
  code: BillingError['code'],
  field: string,
  message: string,
): { readonly ok: false; readonly error: BillingError } {
  return { ok: false, error: { code, field, message } }
}
