// The actions of a replica by id (LG6), with what could not be read (LG4) set aside, in the one order of LG3.
import { type Action, checkAction, parseAction } from '../schema/action.ts'
import { type Clocks, isCovered, type LogElement } from './log-items.ts'

/** An action with the exact text it was read from. */
export interface LoggedAction {
  readonly action: Action
  readonly text: string
}

/** The log of one replica. */
export interface ActionLog {
  /** Reads elements; gives the actions that are new, and whether an id came with a second text (then what was read before must be thrown away). */
  add(elements: Iterable<LogElement>): { added: LoggedAction[]; conflict: boolean }
  /** All actions in log order. */
  ordered(): readonly LoggedAction[]
  get(id: string): LoggedAction | undefined
  readonly size: number
  /** The largest Lamport number seen. */
  readonly largestN: number
  readonly unreadable: ReadonlyMap<string, string>
  /** Ids that came with two texts: neither counts. */
  readonly conflicting: ReadonlyMap<string, ReadonlySet<string>>
}

/** Most texts joined into one `JSON.parse` call: fewer calls, a bounded pause. */
const parseBatch = 2_000

/** Makes an empty log; elements that `trusted` covers were checked before and are only parsed. */
export function createActionLog(options: { trusted?: Clocks } = {}): ActionLog {
  const trusted = options.trusted ?? new Map<number, number>()
  const byId = new Map<string, LoggedAction>()
  const unreadable = new Map<string, string>()
  const conflicting = new Map<string, Set<string>>()
  let ordered: LoggedAction[] = []
  let isOrdered = true
  let largestN = 0

  function take(logged: LoggedAction, added: LoggedAction[]): boolean {
    const { id, n } = logged.action
    const texts = conflicting.get(id)
    if (texts) {
      texts.add(logged.text)
      return false
    }
    const known = byId.get(id)
    if (known) {
      if (known.text === logged.text) return false
      conflicting.set(id, new Set([known.text, logged.text]))
      byId.delete(id)
      ordered = ordered.filter((other) => other.action.id !== id)
      return true
    }
    byId.set(id, logged)
    const last = ordered.at(-1)
    if (last && compareActions(last.action, logged.action) > 0) isOrdered = false
    ordered.push(logged)
    if (n > largestN) largestN = n
    added.push(logged)
    return false
  }

  function add(elements: Iterable<LogElement>): { added: LoggedAction[]; conflict: boolean } {
    const added: LoggedAction[] = []
    let conflict = false
    for (const [text, action] of readElements(elements, trusted, unreadable)) {
      conflict = take({ action, text }, added) || conflict
    }
    return { added, conflict }
  }

  return {
    add,
    ordered() {
      if (!isOrdered) ordered.sort((a, b) => compareActions(a.action, b.action))
      isOrdered = true
      return ordered
    },
    get: (id) => byId.get(id),
    get size() {
      return byId.size
    },
    get largestN() {
      return largestN
    },
    unreadable,
    conflicting,
  }
}

/** LG3: by Lamport number, then id; clocks never decide. */
export function compareActions(a: Action, b: Action): number {
  return a.n - b.n || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function* readElements(
  elements: Iterable<LogElement>,
  trusted: Clocks,
  unreadable: Map<string, string>,
): Generator<[text: string, action: Action]> {
  let texts: string[] = []
  let checked: boolean[] = []
  for (const { value, client, clock } of elements) {
    if (typeof value !== 'string') {
      unreadable.set(JSON.stringify(value) ?? String(value), `expected a text, got ${typeof value}`)
      continue
    }
    texts.push(value)
    checked.push(isCovered(trusted, client, clock))
    if (texts.length === parseBatch) {
      yield* readTexts(texts, checked, unreadable)
      texts = []
      checked = []
    }
  }
  yield* readTexts(texts, checked, unreadable)
}

function* readTexts(
  texts: readonly string[],
  checked: readonly boolean[],
  unreadable: Map<string, string>,
): Generator<[string, Action]> {
  const parsed = parseTogether(texts)
  for (const [index, text] of texts.entries()) {
    const json = parsed?.[index]
    if (checked[index] && isActionShaped(json)) {
      yield [text, json]
      continue
    }
    const result = parsed ? checkAction(json) : parseAction(text)
    if (result.ok) yield [text, result.action]
    else unreadable.set(text, result.problem)
  }
}

/** One `JSON.parse` for many texts is a third faster than one each; a text that is not exactly one JSON value sends the batch back to one by one. */
function parseTogether(texts: readonly string[]): unknown[] | null {
  for (const text of texts) if (!text.startsWith('{') || !text.endsWith('}')) return null
  try {
    const parsed = JSON.parse(`[${texts.join(',')}]`) as unknown[]
    return parsed.length === texts.length ? parsed : null
  } catch {
    return null
  }
}

function isActionShaped(json: unknown): json is Action {
  const action = json as Action | null | undefined
  return typeof action?.id === 'string' && typeof action.n === 'number' && Array.isArray(action.entries)
}
