// A client's ids in systems that have a name, as they are being edited: those of the book, and lines that were added.
import type { ClientRow, OtherRef } from '@tierbook/core'

/** A line that is not in the book yet. */
export class NewRef {
  system = $state('')
  id = $state('')
}

export class OtherRefsForm {
  added = $state.raw<readonly NewRef[]>([])
  #typed = $state.raw<Readonly<Record<string, string>>>({})
  #row: () => Pick<ClientRow, 'otherRefs'>

  /** Of a client that is not in the book yet the `row` has none. */
  constructor(row: () => Pick<ClientRow, 'otherRefs'> = () => ({})) {
    this.#row = row
  }

  /** Those of the book that nobody took away. */
  get shown(): readonly OtherRef[] {
    return (this.#row().otherRefs ?? []).filter(({ system }) => this.#typed[system] !== '')
  }

  /** What stands in a system's field. */
  value({ system, id }: OtherRef): string {
    return this.#typed[system] ?? id
  }

  type(system: string, text: string): void {
    this.#typed = { ...this.#typed, [system]: text }
  }

  add(): void {
    this.added = [...this.added, new NewRef()]
  }

  drop(line: NewRef): void {
    this.added = this.added.filter((other) => other !== line)
  }

  /** A line that names a system without an id, or an id without a system. */
  get isHalf(): boolean {
    return this.added.some(({ system, id }) => !system.trim() !== !id.trim())
  }

  /** The lines that were added: id by system. */
  given(): Record<string, string> {
    return Object.fromEntries(
      this.added.flatMap(({ system, id }) => (system.trim() || id.trim() ? [[system.trim(), id.trim()] as const] : [])),
    )
  }

  /** What differs from the book; null where an id is taken away. */
  changes(): Record<string, string | null> {
    const held = (this.#row().otherRefs ?? []).flatMap(({ system, id }) => {
      const typed = this.#typed[system]?.trim()
      return typed === undefined || typed === id ? [] : [[system, typed || null] as const]
    })
    return { ...Object.fromEntries(held), ...this.given() }
  }

  reset(): void {
    this.#typed = {}
    this.added = []
  }
}
