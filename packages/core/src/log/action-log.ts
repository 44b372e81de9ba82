// The actions of a replica by id (LG6), with what could not be read (LG4) set aside, in the one order of LG3.
import type { Action } from '../schema/action.ts'
import { type Clocks, isCovered, type VisitElement } from './log-items.ts'
import { readElement } from './read-actions.ts'

/**
 * One action of the log, kept small: its text is in memory anyway as part of the document, so what is seldom asked for is
 * parsed from it again (`readAction`), and its id is put together when needed. A class, so that `id` costs no memory.
 */
export class LoggedAction {
  readonly session: string
  readonly seq: number
  readonly n: number
  readonly at: number
  readonly by: string
  /** The kinds of its entries, in order; actions with the same kinds share one array. */
  readonly kinds: readonly string[]
  readonly text: string

  constructor(fields: Pick<LoggedAction, 'session' | 'seq' | 'n' | 'at' | 'by' | 'kinds' | 'text'>) {
    this.session = fields.session
    this.seq = fields.seq
    this.n = fields.n
    this.at = fields.at
    this.by = fields.by
    this.kinds = fields.kinds
    this.text = fields.text
  }

  /** `<session>.<seq>`. */
  get id(): string {
    return `${this.session}.${this.seq}`
  }
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
export function createActionLog(options: { trusted?: Clocks; share?: TextShare } = {}): ActionLog {
  const trusted = options.trusted ?? new Map<number, number>()
  const sessions = createSessions()
  const unreadable = new Map<string, string>()
  const conflicting = new Map<string, Set<string>>()
  const share = createSharing(options.share ?? createTextShare())
  let ordered: LoggedAction[] = []
  let isOrdered = true
  let largestN = 0

  /** Gives the action where it is new, `conflict` where its id is taken by another text. */
  function note(text: string, action: Action): LoggedAction | 'conflict' | undefined {
    const { id, n, at } = action
    const texts = conflicting.size > 0 ? conflicting.get(id) : undefined
    if (texts) {
      texts.add(text)
      return undefined
    }
    const session = sessions.of(id)
    const seq = seqOf(id)
    const known = session.get(seq)
    if (known) {
      if (known.text === text) return undefined
      conflicting.set(id, new Set([known.text, text]))
      session.delete(seq)
      ordered = ordered.filter((other) => other !== known)
      return 'conflict'
    }
    const logged = new LoggedAction({
      session: session.name,
      seq,
      n,
      at,
      by: share.text(action.by),
      kinds: share.kinds(action.entries),
      text,
    })
    session.set(seq, logged)
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
    get: (id) => sessions.find(id)?.get(seqOf(id)),
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

/** One session's actions by number: a list as long as they come in order, which within one session they nearly always do. */
function createSessionActions(name: string) {
  const list: (LoggedAction | undefined)[] = []
  const others = new Map<number, LoggedAction>()
  return {
    name,
    get: (seq: number) => (seq < list.length ? list[seq] : others.get(seq)),
    set(seq: number, logged: LoggedAction) {
      if (seq <= list.length) list[seq] = logged
      else others.set(seq, logged)
    },
    delete(seq: number) {
      if (seq < list.length) list[seq] = undefined
      else others.delete(seq)
    },
  }
}

type SessionActions = ReturnType<typeof createSessionActions>

/** Actions by session and number: a book has few sessions, and a number is quicker to look up than a text. */
function createSessions() {
  const byName = new Map<string, SessionActions>()
  let last: SessionActions | undefined
  return {
    of(id: string): SessionActions {
      // Most often the session of the action before: its actions stand together in the document.
      if (last && id.startsWith(last.name) && id.charAt(last.name.length) === '.') return last
      const name = id.slice(0, id.indexOf('.'))
      last = byName.get(name)
      if (!last) byName.set(name, (last = createSessionActions(name)))
      return last
    },
    find: (id: string) => byName.get(id.slice(0, id.indexOf('.'))),
  }
}

function seqOf(id: string): number {
  return Number(id.slice(id.indexOf('.') + 1))
}

/** Gives one copy of each text: parsed actions bring the same few actors, dates and tiers a hundred thousand times. */
export type TextShare = (text: string) => string

/** Starts with no texts. */
export function createTextShare(): TextShare {
  const texts = new Map<string, string>()
  return (text) => {
    const known = texts.get(text)
    if (known === undefined) texts.set(text, text)
    return known ?? text
  }
}

function createSharing(text: TextShare) {
  const kindLists = new Map<string, readonly string[]>()
  return {
    text,
    kinds(entries: Action['entries']): readonly string[] {
      const key = entries.length === 1 ? (entries[0]?.kind ?? '') : entries.map((entry) => entry.kind).join()
      let kinds = kindLists.get(key)
      if (!kinds) kindLists.set(key, (kinds = entries.map((entry) => entry.kind)))
      return kinds
    },
  }
}
