// Windows a long list of rows of one height: only those in sight are in the page, two spacers stand for the rest.

const overscan = 10 // rows beyond the edges, so that a flick of the wheel shows no gap
const rowsBeforeLayout = 16 // about as many as a laptop shows, for the first paint

/** The rows in sight; create it while a component starts. */
export class VirtualRows {
  #element: HTMLElement | null = null
  #top = $state(0)
  #seen = $state(0)
  #width = $state(0)
  /** 0 until the first rows are painted: rows that nobody sees must not hold those up. */
  #overscan = $state(0)
  #options: { count: () => number; height: () => number }
  #range = $derived.by(() => {
    const height = this.#options.height()
    const count = this.#options.count()
    const beyond = this.#overscan
    const first = Math.max(0, Math.min(Math.floor(this.#top / height) - beyond, count))
    const shown = this.#seen > 0 ? Math.ceil(this.#seen / height) : rowsBeforeLayout
    return { first, end: Math.min(count, Math.max(first, Math.floor(this.#top / height)) + shown + beyond) }
  })

  constructor(options: { count: () => number; height: () => number }) {
    this.#options = options
  }

  /** Indexes of the rows in the page. */
  get items(): readonly number[] {
    const { first, end } = this.#range
    return Array.from({ length: Math.max(0, end - first) }, (_, place) => first + place)
  }

  /** Of what is in sight, in px; 0 until it was laid out. */
  get width(): number {
    return this.#width
  }

  /** Height of what lies above and below the rows in the page, in px. */
  get spacers(): { above: number; below: number } {
    const { first, end } = this.#range
    const height = this.#options.height()
    return { above: first * height, below: Math.max(0, this.#options.count() - end) * height }
  }

  /** Attach to the element that scrolls. */
  scroller = (element: HTMLElement): (() => void) => {
    this.#element = element
    const onScroll = () => (this.#top = element.scrollTop)
    const sizes = new ResizeObserver(() => {
      this.#seen = element.clientHeight
      this.#width = element.clientWidth
    })
    element.addEventListener('scroll', onScroll, { passive: true })
    sizes.observe(element)
    let timer: ReturnType<typeof setTimeout> | undefined
    const frame = requestAnimationFrame(() => (timer = setTimeout(() => (this.#overscan = overscan))))
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
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
