// What holds for a client from a day of the past to today, whether or not today is in the same period.
import type { Book } from '@tierbook/core'

/** The end of every range: no date of a book is later. */
export const endOfDates = '3000-01-01'

/** What holds from a day on. */
export interface PeriodsSince {
  /** The day on which what holds at first is replaced; null where it still holds today. */
  readonly until: string | null
  readonly tierToday: string | null
}

/** Reads them from the book; `from` is today or earlier. */
export function periodsSince(
  book: Pick<Book, 'tierPeriods'>,
  client: string,
  { from, today }: { from: string; today: string },
): PeriodsSince {
  const periods = book.tierPeriods(client, { from, to: endOfDates }).filter((period) => period.from <= today)
  return { until: periods[1]?.from ?? null, tierToday: periods.at(-1)?.tier ?? null }
}
