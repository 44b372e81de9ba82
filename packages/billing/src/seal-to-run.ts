// A sealed run as a run again, to show, print and export what was billed, whatever the book says by now.
import { daysText, money } from './explain.ts'
import type { AdjustedPart, Line, Run } from './line.ts'
import { daysBetween } from './plain-date.ts'
import { rationalToText } from './rational.ts'
import type { SealedLine, SealedRun } from './seal.ts'

/** What a seal does not keep: the names that hold today. */
export interface SealNames {
  clientName(client: string): string
  /** What an item is called: `tier:<id>`, `usage:<unit>`, `bundle:<id>`, `client`, with `setup:` before it for setup fees. */
  title(item: string): string
}

/** Gives the run that was sealed, line by line as it was billed; the parts of a net adjustment stand by themselves. */
export function runOfSeal(sealed: SealedRun, names: SealNames): Run {
  const invoices = sealed.invoices.map(({ client, currency, total, lines }) => ({
    client,
    clientName: names.clientName(client),
    currency,
    total,
    lines: lines.map((line) => toLine(line, currency, names)),
  }))
  return { period: sealed.period, policy: sealed.policy, invoices, notBillable: [], waived: [] }
}

function toLine(line: SealedLine, currency: string, names: SealNames): Line {
  const { item, cycle, from, to, quantity, amount, price, adjusts } = line
  const kind = adjusts
    ? 'adjustment'
    : item.startsWith('usage:')
      ? 'usage'
      : item.startsWith('setup:')
        ? 'setup'
        : 'recurring'
  const [days, cycleDays] = [daysBetween(from, to), daysBetween(cycle.from, cycle.to)]
  const isPart = kind === 'recurring' && days < cycleDays
  const title = names.title(item)
  // What it was before is not kept: the amount is the difference.
  const part: AdjustedPart = { item, cycle, billed: 0, now: amount }
  const what = adjusts ? `Adjustment of ${daysText(adjusts)}: ${title}` : title
  return {
    ...{ kind, item, title, from, to, cycle, days, cycleDays },
    fraction: isPart ? rationalToText({ num: BigInt(days), den: BigInt(cycleDays) }) : '1',
    ...{ quantity, amount, price },
    cost: null,
    taxCode: null,
    origin: adjusts ? 'adjustment' : 'book',
    assignments: [],
    usage: [],
    ...(adjusts ? { adjusts: { period: adjusts, parts: [part] } } : {}),
    explanation: `${what}${days > 0 ? `, ${daysText({ from, to })}` : ''}: ${money(amount, currency)}, as sealed.`,
  }
}
