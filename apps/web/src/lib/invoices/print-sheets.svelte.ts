// The sheets that are asked for, brought to the page some at a time: ten thousand at once would freeze it.
import type { Invoice } from '@tierbook/billing'
import type { InvoicesState } from './invoices-state.svelte.ts'

/** One sheet. */
export interface Sheet {
  readonly number: string
  readonly invoice: Invoice
}

/** Sheets that are printed together: invoices from a place on. */
export interface SheetGroup {
  readonly from: number
  readonly count: number
}

const sheetsASlice = 25 // some 30 ms to lay out
const sheetsAGroup = 100 // as many as a printer is given at once; all of them only when somebody asks for that

export class PrintSheets {
  list = $state.raw<readonly Sheet[]>([])
  /** Place of the first sheet of the group that is asked for, or all. */
  chosen = $state<number | 'all'>(0)
  #whole = $state(false)
  readonly #invoices: InvoicesState
  readonly #client: string | null

  /** Of one client's invoices, or of all. */
  constructor(invoices: InvoicesState, client: string | null) {
    this.#invoices = invoices
    this.#client = client
  }

  /** What can be asked for, where that is more than one group. */
  readonly groups: readonly SheetGroup[] = $derived.by(() => {
    const { count } = this.#invoices
    if (this.#client !== null || count <= sheetsAGroup) return []
    return Array.from({ length: Math.ceil(count / sheetsAGroup) }, (_, place) => {
      const from = place * sheetsAGroup
      return { from, count: Math.min(sheetsAGroup, count - from) }
    })
  })

  readonly #asked: readonly SheetGroup[] = $derived.by(() => {
    if (this.#client !== null) return this.#invoices.placesOf(this.#client).map((from) => ({ from, count: 1 }))
    const { groups, chosen } = this
    const group = groups.find(({ from }) => from === chosen)
    return [group ?? { from: 0, count: this.#invoices.count }]
  })

  /** How many sheets are asked for. */
  readonly count = $derived(this.#asked.reduce((sum, { count }) => sum + count, 0))

  /** Whether all that are asked for are here. */
  get isWhole(): boolean {
    return this.#whole && this.#invoices.isCurrent
  }

  /** Collects the sheets; call it in an effect, so that it begins anew when others are asked for. Returns what ends it. */
  follow(): () => void {
    const [invoices, asked] = [this.#invoices, this.#asked]
    let isOver = !invoices.isCurrent
    const collect = async () => {
      const sheets: Sheet[] = []
      for (const { from, count } of asked) {
        const to = from + count
        for (let place = from; place < to && !isOver;) {
          const found = await invoices.invoicesFrom(place, Math.min(sheetsASlice, to - place))
          if (found.length === 0) return
          for (const { invoice } of found) sheets.push({ invoice, number: invoices.row(place++)?.number ?? '' })
          if (!isOver) this.list = [...sheets]
          await new Promise((resolve) => requestAnimationFrame(resolve))
        }
      }
      this.#whole = !isOver
    }
    this.#whole = false
    this.list = []
    if (!isOver) void collect()
    return () => {
      isOver = true
    }
  }
}
