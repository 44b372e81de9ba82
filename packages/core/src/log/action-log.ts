// The actions of a replica by id (LG6), with what could not be read (LG4) set aside, in the one order of LG3.
import type { Action } from '../schema/action.ts'
import { type Clocks, isCovered, type VisitElement } from './log-items.ts'
import { readElement } from './read-actions.ts'

/**
 * One action of the log, kept small: its text is in memory anyway as part of the document, so what is seldom asked for is
 * parsed from it again (`readAction`), and 100,000 of these cost little to keep and to collect garbage around.
 */
export interface LoggedAction {
  readonly id: string
  readonly n: number
  readonly at: number
  readonly by: string
  /** The kinds of its entries, in order; actions with the same kinds share one array. */
  readonly kinds: readonly string[]
  readonly text: string
}

/** The log of one replica. */
export interface ActionLog {
  /**
   * Reads the elements that `walk` visits and calls `take` for each action that is new. Gives whether an id came with a second text: then whatever was
   * taken before must be taken again from `ordered()`, since neither of the two counts.
   */
  add(walk: (visit: VisitElement) => void, take: (logged: LoggedAction, action: Action) => void): { conflict: boolean }
  /** All actions in log order. */
  ordered(): readonly LoggedAction[]
  get(id: string): LoggedAction | undefined
  readonly size: number
  /** The largest Lamport number seen. */
  readonly largestN: number
  /** Text to what is wrong with it. */
  readonly unreadable: ReadonlyMap<string, string>
  /** Ids that came with two texts: neither counts. */
  readonly conflicting: ReadonlyMap<string, ReadonlySet<string>>
}

/** Makes an empty log; elements that `trusted` covers were checked before and are only parsed. */
export function createActionLog(options: { trusted?: Clocks } = {}): ActionLog {
  const trusted = options.trusted ?? new Map<number, number>()
  const bySession = new Map<string, Map<string, LoggedAction>>()
  const unreadable = new Map<string, string>()
  const conflicting = new Map<string, Set<string>>()
  const share = createSharing()
  let ordered: LoggedAction[] = []
  let isOrdered = true
  let largestN = 0

  /** Gives the action where it is new, `conflict` where its id is taken by another text. */
  function note(text: string, action: Action): LoggedAction | 'conflict' | undefined {
    const { id, n, at } = action
    const texts = conflicting.get(id)
    if (texts) {
      texts.add(text)
      return undefined
    }
    const session = sessionOf(bySession, id)
    const known = session.get(id)
    if (known) {
      if (known.text === text) return undefined
      conflicting.set(id, new Set([known.text, text]))
      session.delete(id)
      ordered = ordered.filter((other) => other !== known)
      return 'conflict'
    }
    const logged: LoggedAction = { id, n, at, by: share.text(action.by), kinds: share.kinds(action.entries), text }
    session.set(id, logged)
    const last = ordered.at(-1)
    if (last && compareActions(last, logged) > 0) isOrdered = false
    ordered.push(logged)
    if (n > largestN) largestN = n
    return logged
  }

  return {
    add(walk, take) {
      let conflict = false
      walk((value, client, clock) => {
        const read = readElement(value, isCovered(trusted, client, clock))
        const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
        if (!read.ok) {
          unreadable.set(text, read.problem)
          return
        }
        const noted = note(text, read.action)
        if (noted === 'conflict') conflict = true
        else if (noted) take(noted, read.action)
      })
      return { conflict }
    },
    ordered() {
      if (!isOrdered) ordered.sort(compareActions)
      isOrdered = true
      return ordered
    },
    get: (id) => bySession.get(id.slice(0, id.indexOf('.')))?.get(id),
    get size() {
      return ordered.length
    },
    get largestN() {
      return largestN
    },
    unreadable,
    conflicting,
  }
}

/** LG3: by Lamport number, then id; clocks never decide. */
export function compareActions(a: { n: number; id: string }, b: { n: number; id: string }): number {
  return a.n - b.n || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** The whole action of a text that was read before. */
export function readAction(logged: LoggedAction): Action {
  return JSON.parse(logged.text) as Action
}

function sessionOf(bySession: Map<string, Map<string, LoggedAction>>, id: string): Map<string, LoggedAction> {
  const name = id.slice(0, id.indexOf('.'))
  let session = bySession.get(name)
  if (!session) bySession.set(name, (session = new Map<string, LoggedAction>()))
  return session
}

/** Each parsed text brings its own copy of the same few actors and kinds; keeping one of each is a third of the memory. */
function createSharing() {
  const texts = new Map<string, string>()
  const kindLists = new Map<string, readonly string[]>()
  return {
    text(value: string): string {
      const known = texts.get(value)
      if (known === undefined) texts.set(value, value)
      return known ?? value
    },
    kinds(entries: Action['entries']): readonly string[] {
      const key = entries.length === 1 ? (entries[0]?.kind ?? '') : entries.map((entry) => entry.kind).join()
      let kinds = kindLists.get(key)
      if (!kinds) kindLists.set(key, (kinds = entries.map((entry) => entry.kind)))
      return kinds
    },
  }
}
