// Windows a long list of rows of one height: only those in sight are in the page, two spacers stand for the rest.
import { createVirtualizer, type SvelteVirtualizer, type VirtualItem } from '@tanstack/svelte-virtual'
import { untrack } from 'svelte'
import { get, type Readable } from 'svelte/store'

const overscan = 10 // rows beyond the edges, so that a flick of the wheel shows no gap

/** The rows in sight; create it while a component starts. */
export class VirtualRows {
  #element: HTMLElement | null = null
  #store: Readable<SvelteVirtualizer<HTMLElement, Element>>
  #version = $state(0)
  #options: { count: () => number; height: () => number }

  constructor(options: { count: () => number; height: () => number }) {
    this.#options = options
    this.#store = createVirtualizer<HTMLElement, Element>({
      count: 0,
      getScrollElement: () => this.#element,
      estimateSize: () => options.height(),
      overscan,
    })
    $effect(() => this.#store.subscribe(() => untrack(() => this.#version++)))
    // The store tracks nothing by itself: count and height are pushed.
    $effect(() => {
      const count = options.count()
      const height = options.height()
      untrack(() => {
        const virtualizer = get(this.#store)
        virtualizer.setOptions({ count, estimateSize: () => height })
        virtualizer.measure()
      })
    })
  }

  get items(): readonly VirtualItem[] {
    void this.#version
    return get(this.#store).getVirtualItems()
  }

  /** Height of what lies above and below the rows in the page, in px. */
  get spacers(): { above: number; below: number } {
    const { items } = this
    const last = items.at(-1)
    const total = this.#options.count() * this.#options.height()
    return { above: items[0]?.start ?? 0, below: last ? Math.max(0, total - last.end) : 0 }
  }

  /** Attach to the element that scrolls. */
  scroller = (element: HTMLElement): (() => void) => {
    this.#element = element
    return () => {
      this.#element = null
    }
  }

  get scrollTop(): number {
    return this.#element?.scrollTop ?? 0
  }

  scrollTo(top: number): void {
    this.#element?.scrollTo({ top })
  }
}
