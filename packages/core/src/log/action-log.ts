// The actions of a replica by id (LG6), with what could not be read (LG4) set aside, in the one order of LG3.
import { type Action, parseAction } from '../schema/action.ts'
import { CommonAction } from '../schema/common-action.ts'
import { scanCommonAction } from '../schema/common-actions.ts'
import { sessionLength } from '../schema/scan-text.ts'
import { runAtOnce, type Slices } from '../slices.ts'
import type { VisitElement } from './log-items.ts'
import { ActionTable, compareActions, LoggedAction, type ReadText, type StoredActions } from './logged-action.ts'
import type { OwnAction } from './own-action.ts'

/** The log of one replica. */
export interface ActionLog {
  /**
   * Reads the elements that `walk` visits and calls `take` with the row of each action that is new; a common one is only good until `take`
   * returns. Gives whether an id came with a second
   * text: then whatever was taken before must be taken again from `ordered()`, since neither of the two counts. `own` is read already.
   */
  add(
    walk: (visit: VisitElement) => void,
    take: (row: number, action: Action | CommonAction) => void,
    own?: OwnAction,
  ): { conflict: boolean }
  /** Rows of all actions that count, in log order. */
  ordered(): readonly number[]
  /** Of those, the ones with an entry of one of `kinds`: where they are few, without putting all the others in order. */
  orderedWith(kinds: ReadonlySet<string>): readonly number[]
  /** The action of a row. */
  at(row: number): LoggedAction
  get(id: string): LoggedAction | undefined
  /** A session's rows by number; undefined where the log has nothing of it. */
  session(name: string): { get(seq: number): number | undefined } | undefined
  readonly table: ActionTable
  /** How many actions count. */
  readonly size: number
  /** The largest Lamport number seen. */
  readonly largestN: number
  /** Text to what is wrong with it. */
  readonly unreadable: ReadonlyMap<string, string>
  /** Ids that came with two texts: neither counts. */
  readonly conflicting: ReadonlyMap<string, ReadonlySet<string>>
}

/** So many rows take about a millisecond. */
const rowsASlice = 8_192

/** Makes a log with the actions that were `stored`; `readText` finds their texts in the document. */
export function createActionLog(readText: ReadText, stored?: StoredActions): ActionLog {
  return runAtOnce(creatingActionLog(readText, stored))
}

/** As {@link createActionLog}, in slices. */
export function* creatingActionLog(readText: ReadText, stored?: StoredActions): Slices<ActionLog> {
  const table = new ActionTable(readText, stored)
  const sessions = createSessions(table)
  const unreadable = new Map(stored?.unreadable)
  const conflicting = new Map<string, Set<string>>()
  const dead = new Set<number>()
  let ordered: number[] | undefined
  let largestN = 0
  for (let row = 0; row < table.rows.size; row++) {
    sessions.keep(row)
    largestN = Math.max(largestN, table.rows.columns.n[row] ?? 0)
    if (row % rowsASlice === 0) yield
  }

  /** Gives the row of an action that is new, `conflict` where its id is taken by another text. */
  function note(
    text: string,
    action: Action | CommonAction,
    client: number,
    clock: number,
  ): number | 'conflict' | undefined {
    const isCommon = action instanceof CommonAction
    const session = isCommon ? sessions.of(text, action.id) : sessions.of(action.id, 0)
    const seq = isCommon ? action.seq : seqOf(action.id)
    const texts = conflicting.size > 0 ? conflicting.get(`${session.name}.${seq}`) : undefined
    if (texts) {
      texts.add(text)
      return undefined
    }
    const known = session.get(seq)
    if (known !== undefined) {
      const knownText = table.textOf(known)
      if (knownText === text) return undefined
      conflicting.set(`${session.name}.${seq}`, new Set([knownText, text]))
      session.delete(seq)
      dead.add(known)
      ordered = undefined
      return 'conflict'
    }
    const kinds = isCommon ? action.kinds() : action.entries.map(({ kind }) => kind).join()
    const row = table.add(action, kinds, { session: session.place, seq, client, clock })
    session.set(seq, row)
    const last = ordered?.at(-1)
    if (last === undefined || compareRows(table, last, row) < 0) ordered?.push(row)
    else ordered = undefined
    if (action.n > largestN) largestN = action.n
    return row
  }

  return {
    table,
    add(walk, take, own) {
      let conflict = false
      walk((value, client, clock) => {
        const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
        let action: Action | CommonAction | null = own && own.text === value ? own.action : null
        if (!action && typeof value === 'string') action = scanCommonAction(value)
        if (!action) {
          const read = parseAction(value)
          if (!read.ok) {
            unreadable.set(text, read.problem)
            return
          }
          action = read.action
        }
        const noted = note(text, action, client, clock)
        if (noted === 'conflict') conflict = true
        else if (noted !== undefined) take(noted, action)
      })
      return { conflict }
    },
    ordered() {
      ordered ??= inLogOrder(table, dead)
      return ordered
    },
    orderedWith(kinds) {
      const rows = table.rowsWith(kinds).filter((row) => !dead.has(row))
      return rows.sort((a, b) => compareRows(table, a, b))
    },
    at: (row) => new LoggedAction(table, row),
    get(id) {
      const row = sessions.find(id.slice(0, id.indexOf('.')))?.get(seqOf(id))
      return row === undefined ? undefined : new LoggedAction(table, row)
    },
    session: (name) => sessions.find(name),
    get size() {
      return table.rows.size - dead.size
    },
    get largestN() {
      return largestN
    },
    unreadable,
    conflicting,
  }
}

function inLogOrder(table: ActionTable, dead: ReadonlySet<number>): number[] {
  const rows: number[] = []
  for (let row = 0; row < table.rows.size; row++) if (!dead.has(row)) rows.push(row)
  return rows.sort((a, b) => compareRows(table, a, b))
}

/** LG3 on rows; ids are put together only where two actions have one number. */
function compareRows(table: ActionTable, a: number, b: number): number {
  const { n } = table.rows.columns
  return (
    (n[a] ?? 0) - (n[b] ?? 0) || (a === b ? 0 : compareActions(new LoggedAction(table, a), new LoggedAction(table, b)))
  )
}

/** One session's rows by number: a list as long as they come in order, which within one session they nearly always do. */
function createSessionRows(name: string, place: number) {
  const list: (number | undefined)[] = []
  const others = new Map<number, number>()
  return {
    name,
    place,
    get: (seq: number) => (seq < list.length ? list[seq] : others.get(seq)),
    set(seq: number, row: number) {
      if (seq <= list.length) list[seq] = row
      else others.set(seq, row)
    },
    delete(seq: number) {
      if (seq < list.length) list[seq] = undefined
      others.delete(seq)
    },
  }
}

type SessionRows = ReturnType<typeof createSessionRows>

/** Rows by session and number: a book has few sessions, and a number is quicker to look up than a text. */
function createSessions(table: ActionTable) {
  const byPlace: SessionRows[] = []
  let last: SessionRows | undefined
  const at = (place: number) => (byPlace[place] ??= createSessionRows(table.sessions.at(place), place))
  return {
    /** The session whose name begins an action's id, which begins at `from`. */
    of(text: string, from: number): SessionRows {
      // Most often the session of the action before: its actions stand together in the document.
      if (!last || !text.startsWith(last.name, from))
        last = at(table.sessions.place(text.slice(from, from + sessionLength)))
      return last
    },
    find(name: string): SessionRows | undefined {
      const place = table.sessions.find(name)
      return place === undefined ? undefined : at(place)
    },
    keep(row: number): void {
      const { session, seq } = table.rows.columns
      at(session[row] ?? 0).set(seq[row] ?? 0, row)
    },
  }
}

function seqOf(id: string): number {
  return Number(id.slice(id.indexOf('.') + 1))
}
