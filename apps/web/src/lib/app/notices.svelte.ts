// Short messages at the edge of the page: what just happened, with a way back where there is one.

/** One message; `stays` until dismissed. */
export interface Notice {
  readonly id: number
  readonly text: string
  readonly tone: 'done' | 'warning'
  readonly undo: (() => void) | null
  /** What its button says instead of "Undo". */
  readonly label: string | null
}

const shownForMs = 8_000 // long enough to read two lines and reach the undo button

/** The messages on screen, newest last. */
export class Notices {
  #shown = $state.raw<readonly Notice[]>([])
  #next = 1

  get shown(): readonly Notice[] {
    return this.#shown
  }

  /** Says that something was done; goes by itself. */
  done(text: string, undo?: () => void, label?: string): void {
    // The latest thing done takes the place of the one before; warnings stay.
    this.#shown = this.#shown.filter(({ tone }) => tone === 'warning')
    const id = this.#add({ text, tone: 'done', undo: undo ?? null, label: label ?? null })
    setTimeout(() => this.dismiss(id), shownForMs)
  }

  /** Says what went wrong; stays until dismissed. */
  warn(text: string): void {
    this.#add({ text, tone: 'warning', undo: null, label: null })
  }

  dismiss(id: number): void {
    this.#shown = this.#shown.filter((notice) => notice.id !== id)
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#next++
    this.#shown = [...this.#shown.slice(-2), { ...notice, id }]
    return id
  }
}
