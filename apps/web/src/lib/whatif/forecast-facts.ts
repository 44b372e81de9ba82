// The forecast behind the what-if page, worked out in the worker.
import {
  forecast,
  type BillingInput,
  type Forecast,
  type Policy,
  type Result,
  type TriedChange,
} from '@tierbook/billing'

/** What is asked. */
export interface ForecastQuestion {
  readonly input: Omit<BillingInput, 'policy' | 'period'>
  readonly policy: Policy
  readonly change: TriedChange
  readonly from: string
}

/** Works out twelve months. */
export function forecastFacts({ input, policy, change, from }: ForecastQuestion): Result<Forecast> {
  return forecast({ ...input, policy }, change, { from, months: 12 })
}
