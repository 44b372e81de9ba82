// A sealed run by the names of its parts: the log keeps lines as tuples.
import type { SealedPart } from '../schema/billing-entries.ts'
import type { PlainDate } from '../schema/plain-date.ts'

/** A seal as `checkSeals` of @tierbook/billing reads it. */
export interface SealedRunFacts {
  readonly period: { readonly from: PlainDate; readonly to: PlainDate }
  readonly policy: SealedPart['policy']
  /** The book's currency when it was sealed; older seals do not say. */
  readonly currency?: string
  readonly hash: string
  readonly invoices: readonly {
    readonly number: string
    readonly client: string
    readonly currency: string
    readonly total: number
    readonly lines: readonly SealedLineFacts[]
  }[]
}

/** A billed line. */
export interface SealedLineFacts {
  readonly item: string
  readonly cycle: { readonly from: PlainDate; readonly to: PlainDate }
  readonly from: PlainDate
  readonly to: PlainDate
  readonly quantity: string
  readonly amount: number
  readonly price: string | null
  readonly adjusts?: { readonly from: PlainDate; readonly to: PlainDate }
  readonly taxCode?: string
}

/** Names what the parts of a seal say. */
export function toSealedRun(
  { from, to, policy, currency: bookCurrency, hash }: Pick<SealedPart, 'from' | 'to' | 'policy' | 'currency' | 'hash'>,
  invoices: SealedPart['invoices'],
): SealedRunFacts {
  return {
    period: { from, to },
    policy,
    ...(bookCurrency === undefined ? {} : { currency: bookCurrency }),
    hash,
    invoices: invoices.map(({ number, client, currency, total, lines }) => ({
      number,
      client,
      currency,
      total,
      lines: lines.map(([item, cycleFrom, cycleTo, lineFrom, lineTo, quantity, amount, price, ...rest]) => {
        const [adjustsFrom, adjustsTo] = rest.length >= 2 ? (rest as readonly string[]) : []
        // An odd one at the end.
        const taxCode = rest.length % 2 === 1 ? rest.at(-1) : undefined
        return {
          item,
          cycle: { from: cycleFrom, to: cycleTo },
          from: lineFrom,
          to: lineTo,
          quantity,
          amount,
          price,
          ...(adjustsFrom !== undefined && adjustsTo !== undefined
            ? { adjusts: { from: adjustsFrom, to: adjustsTo } }
            : {}),
          ...(taxCode === undefined ? {} : { taxCode }),
        }
      }),
    })),
  }
}
