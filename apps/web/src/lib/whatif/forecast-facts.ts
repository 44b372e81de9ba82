// The forecast behind the what-if page, worked out in the worker.
import {
  compareForecasts,
  forecastSide,
  withChange,
  type Forecast,
  type ForecastSide,
  type Policy,
  type Result,
  type TriedChange,
} from '@tierbook/billing'
import type { BookCopy, CopiedInput } from '#lib/billing/book-copy.ts'

/** What is asked: twelve months from the month of `from` on. */
export interface ForecastQuestion {
  readonly policy: Policy
  readonly change: TriedChange
  readonly from: string
}

/** A forecast; of the clients whose revenue differs the first, and how many there are. */
export interface ForecastFacts extends Forecast {
  readonly clientCount: number
}

const mostClients = 100
const months = 12

/** The book as it is, which stays while one thing after another is tried out. */
let asItIs: { input: CopiedInput; from: string; policy: string; side: Result<ForecastSide> } | null = null

/** Works it out. */
export function forecastFacts(book: BookCopy, { policy, change, from }: ForecastQuestion): Result<ForecastFacts> {
  const input = book.input()
  const rules = JSON.stringify(policy)
  if (asItIs?.input !== input || asItIs.from !== from || asItIs.policy !== rules)
    asItIs = { input, from, policy: rules, side: forecastSide({ ...input, policy }, { from, months }) }
  const before = asItIs.side
  if (!before.ok) return before
  const isTried = [change.prices, change.uplifts, change.moves].some((list) => list !== undefined && list.length > 0)
  const after = isTried ? forecastSide(withChange({ ...input, policy }, change), { from, months }) : before
  if (!after.ok) return after
  const made = compareForecasts(before.value, after.value)
  return { ok: true, value: { ...made, clients: made.clients.slice(0, mostClients), clientCount: made.clients.length } }
}
