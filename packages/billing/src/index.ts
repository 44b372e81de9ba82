// The public face of @tierbook/billing.
export { checkSeals, invoiceRun, type SealState } from './run.ts'
export type { SealDifference } from './adjustments.ts'
export type * from './input.ts'
export type { AdjustedPart, Adjustment, Invoice, Line, LineBasis, NotBillable, NotBillableCode, Run } from './line.ts'
export { checkPolicy } from './check-policy.ts'
export { presets, type ChangeRule, type Policy, type PresetName } from './policy.ts'
export type { BillingError, Result } from './result.ts'
export { currencyCodes, currencyDigits, decimalToMinor, formatMoney, minorToDecimal } from './currency.ts'
export type { Interval } from './cycles.ts'
export type { DateRange, PlainDate } from './plain-date.ts'
export type { PriceOrigin } from './price-book.ts'
export type { Decimal, Rounding } from './rational.ts'
export {
  invoiceNumber,
  invoiceNumbers,
  periodLabel,
  runBytes,
  runHash,
  sealRun,
  type SealedInvoice,
  type SealedLine,
  type SealedRun,
} from './seal.ts'
export { exportXero, xeroColumns, type XeroOptions } from './exports/xero.ts'
export { exportQuickBooks, quickBooksColumns, type QuickBooksOptions } from './exports/quickbooks.ts'
export { exportJson, exportLinesCsv, lineCsvColumns } from './exports/neutral.ts'
export type { Exported, ExportFile, ExportFlag, ExportOptions } from './exports/document.ts'
export { compareRuns, type ClientDifference, type ComparableRun } from './compare.ts'
export { runOfSeal, type SealContext } from './seal-to-run.ts'
export { recurringRevenue, type RevenueInput, type RevenueOn, type RevenueShare } from './reports/recurring-revenue.ts'
export {
  movementKinds,
  revenueMovements,
  type ClientMovement,
  type MovementKind,
  type Movements,
} from './reports/revenue-movements.ts'
export {
  compareForecasts,
  forecast,
  forecastSide,
  withChange,
  type Forecast,
  type ForecastClient,
  type ForecastInput,
  type ForecastPeriod,
  type ForecastRange,
  type ForecastSide,
  type TriedChange,
  type TriedMove,
} from './reports/forecast.ts'
export { pricesOn, type ClientPrices, type HeldPrice } from './reports/prices-on.ts'
export { raisedPrice, type RaisedPrice } from './reports/raised-price.ts'
export { tierCounts, type TierCounts } from './reports/tier-counts.ts'
export { tenureBands, type TenureBand } from './reports/tenure.ts'
export { idleClients, type IdleClients } from './reports/idle-clients.ts'
export { changesByActor, type ActorChanges } from './reports/changes-by-actor.ts'
export { monthEnds, monthStarts } from './reports/days.ts'
