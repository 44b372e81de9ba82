// Windows a long list of rows of one height: only those in sight are in the page, two spacers stand for the rest.

const overscan = 10 // rows beyond the edges, so that a flick of the wheel shows no gap
const atOnce = 6 // rows come and go together, so that most frames of a scroll only move what is there

/** Calls `then` in a task behind the next frame. */
export function afterFrame(then: () => void): void {
  requestAnimationFrame(() => setTimeout(then))
}

/** The rows in sight; create it while a component starts. */
export class VirtualRows {
  #element: HTMLElement | null = null
  #top = $state(0)
  #seen = $state(0)
  #width = $state(0)
  /** 0 until the rows in sight are painted: rows that nobody sees must not hold those up. */
  #overscan = $state(0)
  #options: { count: () => number; height: () => number }
  /** Numbers, not an object: most steps of a scroll change neither, and then nothing is drawn anew. */
  #step = $derived.by(() => Math.floor(this.#top / this.#options.height() / atOnce) * atOnce)
  /** None until the height in sight is known. */
  #shown = $derived.by(() => Math.ceil(this.#seen / this.#options.height()) + (this.#overscan && atOnce))
  #first = $derived.by(() => Math.max(0, Math.min(this.#step - this.#overscan, this.#options.count())))
  #end = $derived.by(() => Math.min(this.#options.count(), this.#step + this.#shown + this.#overscan))
  #items = $derived(Array.from({ length: Math.max(0, this.#end - this.#first) }, (_, place) => this.#first + place))

  constructor(options: { count: () => number; height: () => number }) {
    this.#options = options
  }

  /** Indexes of the rows in the page. */
  get items(): readonly number[] {
    return this.#items
  }

  /**
   * The key of a row for `{#each}`: a row that scrolls in takes over what one that scrolled out leaves behind. Writing other texts into it costs a
   * third of making it.
   */
  slot(index: number): number {
    return index % (this.#shown + 2 * this.#overscan)
  }

  /** Of what is in sight, in px; 0 until it was laid out. */
  get width(): number {
    return this.#width
  }

  /** Height of what lies above and below the rows in the page, in px. */
  get spacers(): { above: number; below: number } {
    const height = this.#options.height()
    return { above: this.#first * height, below: Math.max(0, this.#options.count() - this.#end) * height }
  }

  /** Attach to the element that scrolls. */
  scroller = (element: HTMLElement): (() => void) => {
    this.#element = element
    // What depends on it stands right in the first frame.
    this.#width = element.clientWidth
    const onScroll = () => (this.#top = element.scrollTop)
    const measure = () => {
      this.#seen = element.clientHeight
      this.#width = element.clientWidth
    }
    const sizes = new ResizeObserver(measure)
    element.addEventListener('scroll', onScroll, { passive: true })
    let isGone = false
    // Three tasks in place of a long one: what stands around the rows, the rows in sight, and those beyond the edges.
    afterFrame(() => {
      if (isGone) return
      measure()
      sizes.observe(element)
      afterFrame(() => (this.#overscan = overscan))
    })
    return () => {
      isGone = true
      element.removeEventListener('scroll', onScroll)
      sizes.disconnect()
      this.#element = null
    }
  }

  get scrollTop(): number {
    return this.#element?.scrollTop ?? 0
  }

  scrollTo(top: number): void {
    this.#element?.scrollTo({ top })
    // The rows are there in the same frame, not after the scroll event of the next.
    this.#top = this.scrollTop
  }

  /** Brings a row into sight; `above` px of it are covered by what sticks to the top. */
  reveal(index: number, above: number): void {
    const height = this.#options.height()
    const top = index * height
    const { scrollTop } = this
    const seen = (this.#element?.clientHeight ?? 0) - above
    if (top < scrollTop) this.scrollTo(top)
    else if (top + height > scrollTop + seen) this.scrollTo(top + height - seen)
  }
}
