// What comes to more than any invoice can hold: a slip of somebody who typed it, which must not keep the rest from being billed (BL18).
import { money } from './explain.ts'
import type { BillingClient } from './input.ts'
import type { NotBillable } from './line.ts'
import type { DateRange } from './plain-date.ts'
import { largestAmount } from './rational.ts'

/** Lists it, with the log entries that somebody has to set right. */
export function tooLarge(
  client: BillingClient,
  currency: string,
  { item, range: { from, to }, entries }: { item: string; range: DateRange; entries: readonly string[] },
): NotBillable {
  const most = money(largestAmount, currency)
  const message = `${item} of ${client.name}: expected an amount of at most ${most}, got more`
  return { code: 'too-large', client: client.id, item, range: { from, to }, entries, message }
}
