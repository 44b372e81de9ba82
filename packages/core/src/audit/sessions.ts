// A log sorted into sessions: what one opening of a book on one device wrote, in the order of its numbers.
import { hashText } from '../log/hash-text.ts'
import { readElement } from '../log/read-actions.ts'
import type { Action } from '../schema/action.ts'

/** An action with its text and the text's SHA-256. */
export interface HashedAction {
  readonly action: Action
  readonly text: string
  readonly hash: string
  readonly seq: number
}

/** What is no action, or comes again with another text. */
export interface Stray {
  readonly kind: 'unreadable' | 'doubled'
  readonly action: string
  readonly element: unknown
}

/** Reads every element: actions by session and number, and what is none. An element that says the same again is none of both. */
export function sortIntoSessions(elements: readonly unknown[]): {
  readonly sessions: ReadonlyMap<string, readonly HashedAction[]>
  readonly strays: readonly Stray[]
} {
  const byId = new Map<string, HashedAction>()
  const strays: Stray[] = []
  for (const element of elements) {
    const read = readElement(element)
    if (!read.ok || typeof element !== 'string') {
      strays.push({ kind: 'unreadable', action: typeof element === 'string' ? (idIn(element) ?? '') : '', element })
      continue
    }
    const { id } = read.action
    const known = byId.get(id)
    if (known) {
      if (known.text !== element) strays.push({ kind: 'doubled', action: id, element })
      continue
    }
    const seq = Number(id.slice(id.indexOf('.') + 1))
    byId.set(id, { action: read.action, text: element, hash: hashText(element), seq })
  }
  const sessions = new Map<string, HashedAction[]>()
  for (const hashed of byId.values()) {
    const session = hashed.action.id.slice(0, hashed.action.id.indexOf('.'))
    const actions = sessions.get(session) ?? []
    sessions.set(session, actions)
    actions.push(hashed)
  }
  for (const actions of sessions.values()) actions.sort((a, b) => a.seq - b.seq)
  return { sessions, strays }
}

/** The id that a damaged text still shows. */
function idIn(text: string): string | null {
  return /"id":"([\w-]{11}\.\d{1,10})"/.exec(text)?.[1] ?? null
}
