// What the page in sight can do, so that shortcuts and the command palette can ask for it.
import type { ClientFilter } from '#lib/overview/client-filter.ts'

/** Everything that some page offers; a page gives what it has. */
export interface PageCommands {
  readonly addClient: () => void
  readonly exportTable: () => void
  readonly filter: (change: Partial<ClientFilter>) => void
}

export class CommandDesk {
  #offered = $state.raw<Partial<PageCommands>>({})

  get offered(): Partial<PageCommands> {
    return this.#offered
  }

  /** Offers commands until the returned function is called. */
  add(commands: Partial<PageCommands>): () => void {
    this.#offered = commands
    return () => {
      if (this.#offered === commands) this.#offered = {}
    }
  }
}
