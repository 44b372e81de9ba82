// What one client used, put together for its record.
import type { Book } from '@tierbook/core'
import { formatLocale } from '#lib/i18n/locale.ts'

/** A period of a unit; `to` is the first day after it. */
export interface UsagePeriod {
  readonly from: string
  readonly to: string
  /** A decimal as recorded. */
  readonly quantity: string
  /** Of the largest period shown, 0 to 1. */
  readonly share: number
}

const shownPeriods = 6 // half a year of months beside each other

/** Units by name, with their latest periods; of two quantities for the same days the later one in the log holds. */
export function usageByUnit(
  usage: ReturnType<Book['usage']>,
  client: string,
): readonly { readonly unit: string; readonly periods: readonly UsagePeriod[] }[] {
  const units = new Map<string, Map<string, { from: string; to: string; quantity: string }>>()
  for (const { client: of, unit, from, to, quantity } of usage) {
    if (of !== client) continue
    const periods = units.get(unit) ?? new Map<string, { from: string; to: string; quantity: string }>()
    periods.set(`${from} ${to}`, { from, to, quantity })
    units.set(unit, periods)
  }
  return [...units]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([unit, periods]) => {
      const latest = [...periods.values()].sort((a, b) => (a.from < b.from ? 1 : -1)).slice(0, shownPeriods)
      const largest = Math.max(...latest.map(({ quantity }) => Number(quantity)))
      return {
        unit,
        periods: latest.map((period) => ({ ...period, share: largest > 0 ? Number(period.quantity) / largest : 0 })),
      }
    })
}

/** “1,204.5” without going through a binary fraction. */
export function quantityWords(quantity: string): string {
  return new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 20 }).format(
    quantity as Intl.StringNumericLiteral,
  )
}
