// Two devices sealed one month from different books: which numbers of the seal that does not hold are void, and what took their place.
import type { SealFacts } from '@tierbook/core'

/** A number that somebody may have sent out; `by` is the invoice that holds for the same client, if there is one. */
export interface VoidNumber {
  readonly number: string
  readonly client: string
  readonly currency: string
  readonly total: number
  readonly by: { readonly number: string; readonly total: number } | null
}

type Numbered = Pick<SealFacts, 'invoices'>

/** In order of number. A number that both seals gave to the same client over the same amount is not void. */
export function voidNumbers(superseded: Numbered, holding: Numbered | undefined): VoidNumber[] {
  const held = new Map(holding?.invoices.map((one) => [`${one.client} ${one.currency}`, one]))
  return superseded.invoices.flatMap(({ number, client, currency, total }) => {
    const by = held.get(`${client} ${currency}`)
    if (by?.number === number && by.total === total) return []
    return [{ number, client, currency, total, by: by ? { number: by.number, total: by.total } : null }]
  })
}
