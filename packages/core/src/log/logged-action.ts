// The actions of a log in columns, and one of them as an object for as long as somebody looks at it.
import type { Action } from '../schema/action.ts'
import { ColumnTable, Interned } from './columns.ts'

/** What is kept of an action; its text is in memory anyway as part of the document, and read again when needed. */
const actionColumns = () => ({
  session: new Uint32Array(0),
  seq: new Float64Array(0),
  n: new Float64Array(0),
  /** Epoch ms. */
  at: new Float64Array(0),
  by: new Uint32Array(0),
  kinds: new Uint32Array(0),
  /** Where its text lies in the document: the place of the Yjs client id, and the clock. */
  structs: new Uint32Array(0),
  clock: new Float64Array(0),
})

/** Columns of {@link ActionTable}. */
export type ActionColumns = ReturnType<typeof actionColumns>

/** Reads the text of the element at a place in the document. */
export type ReadText = (client: number, clock: number) => string

/** What an action table holds, to be stored. */
export interface StoredActions {
  readonly size: number
  readonly columns: ActionColumns
  readonly sessions: readonly string[]
  readonly actors: readonly string[]
  /** Kinds of an action's entries, joined by commas. */
  readonly kinds: readonly string[]
  readonly structClients: readonly number[]
  /** Text of what could not be read, and what is wrong with it. */
  readonly unreadable: readonly (readonly [string, string])[]
}

/** All actions of a log, in the order in which they came. */
export class ActionTable {
  readonly rows: ColumnTable<ActionColumns>
  readonly sessions: Interned
  readonly actors: Interned
  readonly readText: ReadText
  readonly #kinds: Interned
  readonly #kindLists: string[][]
  #lastActor = { text: '', place: -1 }
  #lastKinds = { text: '', place: -1 }
  readonly #structs = new Map<number, number>()
  readonly #structClients: number[] = []

  constructor(readText: ReadText, stored?: StoredActions) {
    this.readText = readText
    this.rows = new ColumnTable(stored?.columns ?? actionColumns(), stored?.size)
    this.sessions = new Interned(stored?.sessions)
    this.actors = new Interned(stored?.actors)
    this.#kinds = new Interned(stored?.kinds)
    this.#kindLists = this.#kinds.texts.map((kinds) => kinds.split(','))
    for (const client of stored?.structClients ?? []) this.#structOf(client)
  }

  /** Takes an action in that is not there yet, with the kinds of its entries joined by commas; gives its row. */
  add(
    action: { readonly n: number; readonly at: number; readonly by: string },
    actionKinds: string,
    place: { session: number; seq: number; client: number; clock: number },
  ): number {
    const row = this.rows.addRow()
    const { session, seq, n, at, by, kinds, structs, clock } = this.rows.columns
    session[row] = place.session
    seq[row] = place.seq
    n[row] = action.n
    at[row] = action.at
    by[row] = this.#actorOf(action.by)
    kinds[row] = this.#kindsOf(actionKinds)
    structs[row] = this.#structOf(place.client)
    clock[row] = place.clock
    return row
  }

  /** The last row of each Yjs client id. */
  lastRows(): readonly number[] {
    const { structs, clock } = this.rows.columns
    const last: number[] = []
    for (let row = 0; row < this.rows.size; row++) {
      const place = structs[row] ?? 0
      if ((clock[row] ?? 0) >= (clock[last[place] ?? -1] ?? 0)) last[place] = row
    }
    return last
  }

  /** The Yjs client id and clock of a row's text. */
  placeOf(row: number): { client: number; clock: number } {
    const { structs, clock } = this.rows.columns
    return { client: this.#structClients[structs[row] ?? -1] ?? -1, clock: clock[row] ?? -1 }
  }

  textOf(row: number): string {
    const { client, clock } = this.placeOf(row)
    return this.readText(client, clock)
  }

  kindsOf(row: number): readonly string[] {
    return this.#kindLists[this.rows.columns.kinds[row] ?? -1] ?? []
  }

  /** How many entries of `kind`, or of any kind without one, an action has whose column `kinds` holds the number that is the place. */
  entriesByKinds(kind?: string): Uint32Array {
    const count = (list: readonly string[]) => (kind === undefined ? list : list.filter((one) => one === kind)).length
    return Uint32Array.from(this.#kindLists, count)
  }

  /** Rows with an entry of one of `kinds`, as they came: told by a number each, so that a hundred thousand take a fraction of a millisecond. */
  rowsWith(kinds: ReadonlySet<string>): number[] {
    const isWanted = this.#kindLists.map((list) => list.some((kind) => kinds.has(kind)))
    const column = this.rows.columns.kinds
    const rows: number[] = []
    for (let row = 0; row < this.rows.size; row++) if (isWanted[column[row] ?? -1]) rows.push(row)
    return rows
  }

  toStored(unreadable: ReadonlyMap<string, string>): StoredActions {
    return {
      size: this.rows.size,
      columns: this.rows.toStored(),
      sessions: this.sessions.texts,
      actors: this.actors.texts,
      kinds: this.#kinds.texts,
      structClients: this.#structClients,
      unreadable: [...unreadable],
    }
  }

  /** The same text again is told by its place in memory: a session's actions have one author, and kinds are constants. */
  #actorOf(by: string): number {
    if (by !== this.#lastActor.text) this.#lastActor = { text: by, place: this.actors.place(by) }
    return this.#lastActor.place
  }

  #kindsOf(kinds: string): number {
    if (kinds === this.#lastKinds.text) return this.#lastKinds.place
    const place = this.#kinds.place(kinds)
    this.#kindLists[place] ??= kinds.split(',')
    this.#lastKinds = { text: kinds, place }
    return place
  }

  #structOf(client: number): number {
    let place = this.#structs.get(client)
    if (place === undefined) {
      place = this.#structClients.push(client) - 1
      this.#structs.set(client, place)
    }
    return place
  }
}

/** One action of a table. Two objects of one row are the same action. */
export class LoggedAction {
  readonly row: number
  readonly #table: ActionTable

  constructor(table: ActionTable, row: number) {
    this.#table = table
    this.row = row
  }

  get session(): string {
    return this.#table.sessions.at(this.#table.rows.columns.session[this.row])
  }

  get seq(): number {
    return this.#table.rows.columns.seq[this.row] ?? 0
  }

  /** `<session>.<seq>`. */
  get id(): string {
    return `${this.session}.${this.seq}`
  }

  get n(): number {
    return this.#table.rows.columns.n[this.row] ?? 0
  }

  /** The device's clock, epoch ms. */
  get at(): number {
    return this.#table.rows.columns.at[this.row] ?? 0
  }

  get by(): string {
    return this.#table.actors.at(this.#table.rows.columns.by[this.row])
  }

  /** The kinds of its entries, in order. */
  get kinds(): readonly string[] {
    return this.#table.kindsOf(this.row)
  }

  /** Where its text lies in the document. */
  get place(): { readonly client: number; readonly clock: number } {
    return this.#table.placeOf(this.row)
  }

  get text(): string {
    return this.#table.textOf(this.row)
  }
}

/** LG3: by Lamport number, then id; clocks never decide. */
export function compareActions(a: { n: number; id: string }, b: { n: number; id: string }): number {
  return a.n - b.n || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** The whole action, read again from its text, which was checked before. */
export function readAction(logged: { readonly text: string }): Action {
  return JSON.parse(logged.text) as Action
}
