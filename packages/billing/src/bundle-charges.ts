// Bundles: one price for what several clients or services have, on the invoice of the client who pays (BL12).
import { addSlice, chargeSlices, discountOn, type Slice } from './base-charges.ts'
import type { ClientLine, NotBillable } from './line.ts'
import { later, type PlainDate } from './plain-date.ts'
import type { PricedClient } from './price-book.ts'
import type { RunContext } from './run-context.ts'
import type { BilledPeriod } from './timeline.ts'

/** Days on which any of a bundle's members is served. */
type Served = readonly { readonly from: PlainDate; readonly to: PlainDate | null }[]

/** What bundles cost in the run. A bundle costs nothing while none of its members is served. */
export function bundleCharges(
  clients: ReadonlyMap<string, { readonly client: PricedClient; readonly periods: readonly BilledPeriod[] }>,
  context: RunContext,
): { readonly lines: ClientLine[]; readonly notBillable: NotBillable[] } {
  const notBillable: NotBillable[] = []
  const slicesByPayer = new Map<string, Slice[]>()
  for (const { price, item, from, to } of context.bundles) {
    if (!clients.has(item.payer)) {
      if (from < context.period.to && (to === null || to > context.period.from))
        notBillable.push({
          code: 'unknown-client',
          client: item.payer,
          item: `bundle:${item.bundle}`,
          range: null,
          entries: [price.entry],
          message: `the client who pays for the bundle ${item.name} is not in the book`,
        })
      continue
    }
    const key = `${item.payer} ${item.bundle}`
    const slices = slicesByPayer.get(key) ?? []
    slicesByPayer.set(key, slices)
    const served = servedDays(item.members.flatMap((member) => clients.get(member)?.periods ?? []))
    for (const days of served) {
      const start = later(from, days.from)
      const end = to === null || (days.to !== null && days.to < to) ? days.to : to
      if (end !== null && start >= end) continue
      for (const range of cut(start, end, [price.discount?.until ?? null, ...context.book.upliftDates])) {
        addSlice(slices, {
          ...range,
          dueFrom: range.from,
          item: `bundle:${item.bundle}`,
          title: item.name,
          tier: null,
          quantity: 1,
          price,
          origin: 'bundle',
          uplift: context.book.uplift(price, item.payer, null, range.from),
          discount: discountOn(price, range.from),
          assignments: [],
        })
      }
    }
  }
  const lines: ClientLine[] = []
  for (const slices of slicesByPayer.values()) {
    const [first] = slices
    const payer = first?.price.item.kind === 'bundle' ? clients.get(first.price.item.payer) : undefined
    const charged = payer ? chargeSlices(payer.client, slices, context) : { lines: [], notBillable: [] }
    lines.push(...charged.lines)
    notBillable.push(...charged.notBillable)
  }
  return { lines, notBillable }
}

function cut(from: PlainDate, to: PlainDate | null, dates: readonly (PlainDate | null)[]) {
  const inside = dates.filter((date) => date !== null && date > from && (to === null || date < to)) as PlainDate[]
  const starts = [from, ...[...new Set(inside)].sort()]
  return starts.map((start, index) => ({ from: start, to: starts[index + 1] ?? to }))
}

/** The union of periods, in order and without overlaps. */
function servedDays(periods: readonly BilledPeriod[]): Served {
  const sorted = [...periods].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  const served: { from: PlainDate; to: PlainDate | null }[] = []
  for (const { from, to } of sorted) {
    const last = served.at(-1)
    if (last && (last.to === null || last.to >= from)) {
      if (last.to !== null && (to === null || to > last.to)) last.to = to
    } else served.push({ from, to })
  }
  return served
}
