// The sheets of a month, brought to the page some at a time: ten thousand at once would freeze it.
import type { Invoice } from '@tierbook/billing'
import type { InvoicesState } from './invoices-state.svelte.ts'

/** One sheet. */
export interface Sheet {
  readonly number: string
  readonly invoice: Invoice
}

const sheetsASlice = 25 // some 30 ms to lay out

export class PrintSheets {
  list = $state.raw<readonly Sheet[]>([])
  #whole = $state(false)
  readonly #invoices: InvoicesState

  constructor(invoices: InvoicesState) {
    this.#invoices = invoices
  }

  /** Whether all sheets are here, so that a print is of all of them. */
  get isWhole(): boolean {
    return this.#whole && this.#invoices.isCurrent
  }

  /** Collects the sheets; call it in an effect, so that it begins anew when the month is another one. Returns what ends it. */
  follow(): () => void {
    const [invoices, count] = [this.#invoices, this.#invoices.count]
    let isOver = !invoices.isCurrent
    const collect = async () => {
      const sheets: Sheet[] = []
      while (sheets.length < count && !isOver) {
        const found = await invoices.invoicesFrom(sheets.length, sheetsASlice)
        if (found.length === 0) return
        for (const { invoice } of found) sheets.push({ invoice, number: invoices.row(sheets.length)?.number ?? '' })
        if (!isOver) this.list = [...sheets]
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
      this.#whole = !isOver
    }
    this.#whole = false
    if (!isOver) void collect()
    return () => {
      isOver = true
    }
  }
}
