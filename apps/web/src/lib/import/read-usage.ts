// Reads rows of usage counts: client, unit, period, quantity.
import { isPlainDate, type UsageFields } from '@tierbook/core'
import { daysAfter } from '#lib/invoices/invoice-words.ts'
import { m } from '#lib/paraglide/messages.js'
import { decimalWords, periodWords } from '#lib/ui/billing-words.ts'
import type { LookUp } from './look-up.ts'
import type { RowReader } from './plan-records.ts'
import { type DecimalSign, readQuantity } from './read-quantity.ts'

/** A period is a month, quarter or year, or a first and a last day. */
export function usageReader(lookUp: LookUp, decimalSign: DecimalSign): RowReader<UsageFields & { client: string }> {
  return {
    columns: [m.import_field_client(), m.prices_unit(), m.import_field_period(), m.import_field_quantity()],
    read(cells) {
      const text = (field: string) => cells[field]?.trim() ?? ''
      const faults: string[] = []
      const client = lookUp.client(text('client'), text('externalRef'))
      if ('fault' in client) faults.push(client.fault)
      const unit = text('unit')
      if (!unit) faults.push(m.prices_no_unit())
      const range = readPeriod(text('period')) ?? readDays(text('from'), text('to'))
      const period = text('period') || `${text('from')} – ${text('to')}`
      if (!range) faults.push(m.import_bad_period({ text: period }))
      const count = readQuantity(text('quantity'), decimalSign)
      if ('is' in count)
        faults.push(
          (count.is === 'ambiguous' ? m.import_two_quantities : m.import_bad_quantity)({ text: text('quantity') }),
        )
      if (faults.length > 0 || 'fault' in client || !range || 'is' in count) return { faults }
      const { quantity } = count
      return {
        item: { client: client.id, unit, ...range, quantity },
        cells: [client.name, unit, periodWords(range), decimalWords(quantity)],
      }
    },
  }
}

/** `2026-10`, `2026-Q4` and `2026` as a range of days. */
export function readPeriod(text: string): { from: string; to: string } | null {
  const match = /^(\d{4})(?:-(?:(0[1-9]|1[0-2])|[Qq]([1-4])))?$/.exec(text)
  if (!match) return null
  const [, year = '', month, quarter] = match
  const first = month ? Number(month) : quarter ? Number(quarter) * 3 - 2 : 1
  return { from: firstOf(Number(year), first), to: firstOf(Number(year), first + (month ? 1 : quarter ? 3 : 12)) }
}

function readDays(from: string, last: string): { from: string; to: string } | null {
  return isPlainDate(from) && isPlainDate(last) && from <= last ? { from, to: daysAfter(last, 1) } : null
}

function firstOf(year: number, month: number): string {
  return month > 12
    ? firstOf(year + 1, month - 12)
    : `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`
}
