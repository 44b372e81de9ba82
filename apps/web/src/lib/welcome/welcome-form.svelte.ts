// The first form: a name for the log, a name for the book, and which way to begin.
import type { AppState } from '#lib/app/app-state.svelte.ts'
import { newBook } from '#lib/app/new-book.ts'
import { m } from '#lib/paraglide/messages.js'

const maxNameLength = 200

export class WelcomeForm {
  person = $state('')
  book = $state('')
  busy = $state(false)
  problem = $state<string | null>(null)
  #app: AppState
  #touched = $state(false)

  constructor(app: AppState) {
    this.#app = app
    this.person = app.identity.name ?? ''
  }

  /** What is wrong with each field, once somebody tried. */
  get errors(): { person: string | null; book: string | null } {
    if (!this.#touched) return { person: null, book: null }
    return { person: nameProblem(m.ui_your_name(), this.person), book: nameProblem(m.ui_book_name(), this.book) }
  }

  /** Makes an empty book; true when it is open. */
  async startBook(): Promise<boolean> {
    this.#touched = true
    if (this.errors.person || this.errors.book) return false
    return this.#run(async () => {
      await this.#keepPerson()
      return this.#app.startBook(newBook(this.book.trim()))
    })
  }

  /** Makes the sample book; no name is needed to look around. */
  async startSample(): Promise<boolean> {
    return this.#run(async () => {
      await this.#keepPerson()
      const { makeSample } = await import('#lib/sample/make-sample.ts')
      return makeSample(this.#app)
    })
  }

  async #keepPerson(): Promise<void> {
    const name = this.person.trim()
    if (name && name !== this.#app.identity.name) this.#app.setName(name)
  }

  async #run(work: () => Promise<boolean>): Promise<boolean> {
    this.busy = true
    this.problem = null
    try {
      const done = await work()
      if (!done) this.problem = this.#app.problem
      return done
    } catch (problem) {
      this.problem = problem instanceof Error ? problem.message : String(problem)
      return false
    } finally {
      this.busy = false
    }
  }
}

function nameProblem(label: string, text: string): string | null {
  const length = text.trim().length
  if (length > 0 && length <= maxNameLength) return null
  return length === 0
    ? m.welcome_name_missing({ label, max: maxNameLength })
    : m.welcome_name_long({ label, max: maxNameLength, length })
}
