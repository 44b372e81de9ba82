// How long clients have been there, from the date they were created.
import { known, type PlainDate } from '../plain-date.ts'

/** Clients whose tenure lies in `[fromMonths, toMonths)`; `toMonths` null has no end. */
export interface TenureBand {
  readonly fromMonths: number
  readonly toMonths: number | null
  readonly clients: readonly string[]
}

const bounds = [0, 3, 6, 12, 24, 36, 60] as const // months; finer where clients leave soonest

/**
 * Puts clients into bands by how many whole months they have been there on a day. Who comes later than that day is left out.
 *
 * @example tenureBands([{ id: 'acme', createdOn: '2025-12-01' }], '2026-11-22')[2]?.clients // ['acme'], 6 to 12 months
 */
export function tenureBands(
  clients: readonly { readonly id: string; readonly createdOn: PlainDate }[],
  on: PlainDate,
): TenureBand[] {
  const tenures = clients.flatMap(({ id, createdOn }) =>
    createdOn <= on ? [{ id, months: monthsSince(createdOn, on) }] : [],
  )
  return bounds.map((fromMonths, index) => {
    const toMonths = bounds[index + 1] ?? null
    const inBand = tenures.filter(({ months }) => months >= fromMonths && (toMonths === null || months < toMonths))
    return { fromMonths, toMonths, clients: inBand.map(({ id }) => id) }
  })
}

/** Whole months; one that lacks the day of `from` is over on its last. */
function monthsSince(from: PlainDate, on: PlainDate): number {
  const [a, b] = [known(from), known(on)]
  const months = b.year * 12 + b.month - (a.year * 12 + a.month)
  return b.day < Math.min(a.day, b.daysInMonth) ? months - 1 : months
}
