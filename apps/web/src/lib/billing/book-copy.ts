// The worker's copy of what invoices are made from: put together from parts, and kept in step by what changed.
import type { BillingInput, Price, SealedInvoice, SealedRun, Uplift, Usage } from '@tierbook/billing'

/** Some invoices of a sealed run; pieces of one seal stand behind each other. */
export interface SealPiece extends Omit<SealedRun, 'invoices'> {
  /** The same text for the same piece. */
  readonly key: string
  readonly action: string
  readonly prefix: string
  readonly invoices: readonly SealedInvoice[]
}

/** Lists whose beginning mostly stays. */
export interface CopiedLists {
  readonly prices: readonly Price[]
  readonly uplifts: readonly Uplift[]
  readonly usage: readonly Usage[]
  readonly sealed: readonly SealPiece[]
}

/** What the page tells the worker, small enough that neither waits for the copying. */
export type BookPart =
  | ({ readonly kind: 'book' } & Pick<BillingInput, 'timeZone' | 'currency' | 'tiers'>)
  /** Everything about `ids`; who is not among `clients` is in the book no more. */
  | ({ readonly kind: 'clients'; readonly ids: readonly string[] } & Pick<BillingInput, 'clients' | 'periods'>)
  | { readonly kind: 'list'; readonly list: keyof CopiedLists; readonly keep: number; readonly items: readonly never[] }
  /** Another book: what was there before is forgotten. */
  | { readonly kind: 'nothing' }

/** What a run is made from, short of period and policy. */
export type CopiedInput = Omit<BillingInput, 'policy' | 'period'>

/** A seal with the prefix of its numbers. */
export type CopiedSeal = SealedRun & { readonly prefix: string }

/** See the file. */
export interface BookCopy {
  take(part: BookPart): void
  /** The same object until something changed. */
  input(): CopiedInput
  sealOf(period: { readonly from: string; readonly to: string }): CopiedSeal | undefined
}

interface CopiedClient {
  readonly client: BillingInput['clients'][number]
  readonly periods: BillingInput['periods'][number][]
}

/** Makes an empty copy. */
export function createBookCopy(): BookCopy {
  let book: Pick<BillingInput, 'timeZone' | 'currency' | 'tiers'> = { timeZone: 'UTC', currency: 'EUR', tiers: [] }
  let clients = new Map<string, CopiedClient>()
  let lists = noLists()
  let made: CopiedInput | null = null

  return {
    take(part) {
      made = null
      if (part.kind === 'book') book = { timeZone: part.timeZone, currency: part.currency, tiers: part.tiers }
      else if (part.kind === 'clients') takeClients(clients, part)
      else if (part.kind === 'list') {
        const list: unknown[] = lists[part.list]
        list.length = part.keep
        for (const item of part.items) list.push(item)
      } else {
        clients = new Map()
        lists = noLists()
      }
    },
    input() {
      made ??= {
        ...book,
        clients: [...clients.values()].map(({ client }) => client),
        periods: [...clients.values()].flatMap(({ periods }) => periods),
        prices: lists.prices,
        uplifts: lists.uplifts,
        usage: lists.usage,
        sealed: sealsOf(lists.sealed),
      }
      return made
    },
    sealOf: ({ from, to }) => sealsOf(lists.sealed).find(({ period }) => period.from === from && period.to === to),
  }
}

function noLists() {
  return { prices: [] as Price[], uplifts: [] as Uplift[], usage: [] as Usage[], sealed: [] as SealPiece[] }
}

function takeClients(clients: Map<string, CopiedClient>, part: Extract<BookPart, { kind: 'clients' }>): void {
  const fresh = new Map<string, CopiedClient>(part.clients.map((client) => [client.id, { client, periods: [] }]))
  for (const period of part.periods) fresh.get(period.client)?.periods.push(period)
  for (const id of part.ids) {
    const one = fresh.get(id)
    if (one) clients.set(id, one)
    else clients.delete(id)
  }
}

function sealsOf(pieces: readonly SealPiece[]): CopiedSeal[] {
  const byAction = new Map<string, SealPiece[]>()
  for (const piece of pieces) byAction.set(piece.action, [...(byAction.get(piece.action) ?? []), piece])
  return [...byAction.values()].flatMap((parts) => {
    const [first] = parts
    if (!first) return []
    const { key: _key, action: _action, ...said } = first
    return [{ ...said, invoices: parts.flatMap(({ invoices }) => invoices) }]
  })
}
