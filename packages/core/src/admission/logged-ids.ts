// Which actions a log has, by id: whose each session is, and a fingerprint of each text. An action is its id (LG6), so no second text comes under one.
import { checkAction } from '../schema/action.ts'

/** What the log has of an action's id. */
export interface LoggedIds {
  /** Why a text may not be added, or null; `id` and `by` are its own. */
  problemWith(action: { readonly id: string; readonly by: string }, text: string): IdProblem | null
  /** Takes a text in that the log has now, whatever it is. */
  note(text: unknown): void
  /** What it holds, to be handed to another thread. */
  readonly state: LoggedIdsState
}

export type IdProblem = 'session-of-another' | 'another-text'

/** Session → what it wrote. */
export type LoggedIdsState = Map<string, LoggedSession>

interface LoggedSession {
  /** Null where several wrote under it, in a history that was brought (AD7): then it is nobody's. */
  by: string | null
  /** Number → fingerprint; 0 where there is none. */
  readonly near: number[]
  /** Those that are far beyond the others, so that a large number takes no more memory than a small one. */
  readonly far: Map<number, number>
}

/** Numbers of a session follow each other but for what was refused or is still under way. */
const widestGap = 64
/** Under an id with several texts any may come again: none of them counts. */
const several = -1

export function createLoggedIds(state: LoggedIdsState = new Map()): LoggedIds {
  return {
    problemWith({ id, by }, text) {
      const session = state.get(sessionOf(id))
      if (!session) return null
      if (session.by !== null && session.by !== by) return 'session-of-another'
      const known = find(session, numberOf(id))
      return known === 0 || known === several || known === fingerprint(text) ? null : 'another-text'
    },
    note(text) {
      const read = typeof text === 'string' ? readIdentity(text) : null
      if (!read) return
      const { id, by } = read
      let session = state.get(sessionOf(id))
      if (!session) state.set(sessionOf(id), (session = { by, near: [], far: new Map() }))
      if (session.by !== by) session.by = null
      const known = find(session, numberOf(id))
      const print = fingerprint(text as string)
      keep(session, numberOf(id), known === 0 || known === print ? print : several)
    },
    state,
  }
}

function find({ near, far }: LoggedSession, number: number): number {
  return near[number] ?? far.get(number) ?? 0
}

function keep({ near, far }: LoggedSession, number: number, print: number): void {
  if (number > near.length + widestGap) {
    far.set(number, print)
    return
  }
  while (near.length < number) near.push(far.get(near.length) ?? 0)
  near[number] = print
}

const sessionOf = (id: string) => id.slice(0, 11)
const numberOf = (id: string) => Number(id.slice(12))

// Canonical JSON has its keys sorted, so these stand at the start and at the end of every action without unknown keys there. The end holds no bracket,
// so nothing in it is nested, and no text can look like it.
const start = /^\{"at":-?\d+,(?:"batch":"[\w-]{22}",)?"by":"([\w-]{22})"/
const end =
  /\],"id":"([\w-]{11}\.\d{1,10})","n":\d+(?:,"of":\d+)?,"prev":(?:null|"[\w-]{43}")(?:,"sig":"[\w-]{86}")?,"v":\d+\}$/
/** Longer than any {@link end}. */
const endLength = 320

function readIdentity(text: string): { id: string; by: string } | null {
  const by = start.exec(text)?.[1]
  const id = end.exec(text.slice(-endLength))?.[1]
  return by !== undefined && id !== undefined ? { id, by } : readWhole(text)
}

function readWhole(text: string): { id: string; by: string } | null {
  try {
    const read = checkAction(JSON.parse(text))
    return read.ok ? read.action : null
  } catch {
    return null
  }
}

/**
 * 31 bits, never 0. It need not withstand whoever looks for two texts with one: both would be of one actor, whose own action would not count, which a
 * retraction does more cheaply.
 */
function fingerprint(text: string): number {
  let mixed = 0x811c9dc5
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193)
  return (mixed ^ (mixed >>> 15)) & 0x3fffffff || 1
}
