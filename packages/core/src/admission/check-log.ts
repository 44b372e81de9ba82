// New elements of the log must be the canonical texts of actions with a plausible counter (AD4).
import { type Action, parseAction, schemaVersion } from '../schema/action.ts'
import { actionToText } from '../schema/action-text.ts'
import { readCommonAction } from '../schema/read-common-action.ts'
import { isKnownKind } from '../schema/entries.ts'
import type { FreshStruct } from './fresh-structs.ts'
import { checkOtherRefs } from './check-other-refs.ts'
import { maxActionDepth, maxCounterLead } from './limits.ts'
import type { KnownBook } from './known-book.ts'
import { refuse } from './refusal.ts'

/** An action with the Yjs client id and clock it came under. */
export interface LoggedAction {
  readonly client: number
  readonly clock: number
  readonly action: Action
  readonly text: string
}

/** Reads the new actions of an update, by client id and clock; refuses whatever else is in the log. */
export function readNewActions(fresh: ReadonlyMap<number, readonly FreshStruct[]>): LoggedAction[] {
  const actions: LoggedAction[] = []
  for (const structs of fresh.values()) {
    for (const { client, from, struct, place } of structs) {
      if (place.root !== 'log') continue
      if (place.key !== null) refuse('log-changed', 'expected elements of a list in the log, got a map key')
      if (struct.kind !== 'values') refuse('log-changed', 'expected texts in the log, got deleted elements')
      for (let i = from - struct.clock; i < struct.length; i++) {
        const text = struct.values[i]
        if (typeof text !== 'string')
          refuse('log-changed', `expected texts in the log, got ${text === null ? 'null' : typeof text}`)
        actions.push({ client, clock: struct.clock + i, action: readAction(text), text })
      }
    }
  }
  return actions
}

/**
 * Refuses ids that are another actor's, and a second text under one id (LG6). Who founds a book brings what is there, both of two texts included (AD7).
 */
export function checkIds(
  actions: readonly LoggedAction[],
  { loggedIds }: KnownBook,
  { founding }: { founding: boolean },
): void {
  if (founding || !loggedIds) return
  const texts = new Map<string, string>()
  for (const { action, text } of actions) {
    const { id } = action
    const problem = loggedIds.problemWith(action, text)
    if (problem === 'session-of-another') refuse('forged-author', `action ${id}: its session is another actor's`)
    if (problem || (texts.get(id) ?? text) !== text)
      refuse('log-changed', `action ${id}: the log has another text of it`)
    texts.set(id, text)
  }
}

/** Refuses counters that run away; gives the largest. In one update the order of sections says nothing, so they are judged by size. */
export function checkCounters(actions: readonly LoggedAction[], largestN: number): number {
  let largest = largestN
  for (const n of actions.map(({ action }) => action.n).sort((a, b) => a - b)) {
    if (n > largest + maxCounterLead) {
      refuse('counter-too-far', `n: expected at most ${largest + maxCounterLead}, got ${n}`)
    }
    largest = Math.max(largest, n)
  }
  return largest
}

function readAction(text: string): Action {
  // The grammar takes canonical texts only, so most of a log needs no parser and no second writing.
  const common = readCommonAction(text)
  if (common) return common
  if (depthOf(text) > maxActionDepth) refuse('invalid-action', `action: nested deeper than ${maxActionDepth}`)
  const parsed = parseAction(text)
  if (!parsed.ok) refuse('invalid-action', parsed.problem)
  if (!isCanonical(parsed.action, text)) refuse('invalid-action', `action ${parsed.action.id}: not in canonical JSON`)
  const unknown = parsed.action.entries.find(({ kind }) => !isKnownKind(kind))
  if (unknown && parsed.action.v < schemaVersion) {
    refuse('invalid-action', `entry kind ${unknown.kind} is not part of version ${parsed.action.v}`)
  }
  checkOtherRefs(parsed.action)
  return parsed.action
}

function isCanonical(action: Action, text: string): boolean {
  try {
    return actionToText(action) === text
  } catch {
    return false // numbers beyond the range of doubles have no canonical form
  }
}

/** Deepest nesting of brackets outside of texts: the canonical writer recurses, so depth is limited before it runs. */
function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  let inText = false
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i)
    if (inText) {
      if (char === 0x5c) i++
      else if (char === 0x22) inText = false
    } else if (char === 0x22) inText = true
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x5d || char === 0x7d) depth--
  }
  return deepest
}
