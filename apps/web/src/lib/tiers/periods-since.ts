// What holds for a client from a day of the past to today, whether or not today is in the same period.
import type { AssumedTierChange, Book } from '@tierbook/core'

/** The first date that a book takes. */
export const firstOfDates = '1900-01-01'
/** The end of every range: no date of a book is later. */
export const endOfDates = '3000-01-01'

/** What holds from a day on. */
export interface PeriodsSince {
  /** The day on which what holds at first is replaced; null where it still holds today. */
  readonly until: string | null
  /** The day on which there is service for the first time, or none, in place of what there is at first; null where that is so today. */
  readonly untilService: string | null
  readonly tierToday: string | null
}

/** Reads them from the book; `from` is today or earlier. With `assuming`, as if that change were recorded. */
export function periodsSince(
  book: Pick<Book, 'tierPeriods'>,
  client: string,
  { from, today, assuming }: { from: string; today: string; assuming?: AssumedTierChange },
): PeriodsSince {
  const range = { from, to: endOfDates, ...(assuming ? { assuming } : {}) }
  const periods = book.tierPeriods(client, range).filter((period) => period.from <= today)
  const [first] = periods
  const turn = periods.find(({ tier }) => (tier === null) !== (first?.tier === null))
  return { untilService: turn?.from ?? null, until: periods[1]?.from ?? null, tierToday: periods.at(-1)?.tier ?? null }
}
