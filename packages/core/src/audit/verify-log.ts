// Holds a log against what it says of itself: every text hashed, every session's chain followed, and its last signature checked.
// What this proves, and what it does not: docs/threat-model.md.
import type { Doc } from 'yjs'
import { messageOf, splitSigned } from '../log/signed-text.ts'
import { isSignedBy } from '../opening/device-key.ts'
import { compareActions } from '../log/logged-action.ts'
import { type LogContents, logContents } from './log-contents.ts'
import { endOfSession, goneWith, revocationsIn } from './revocations.ts'
import { type HashedAction, sortIntoSessions } from './sessions.ts'

/** What is wrong with an action. */
export type LogProblemKind =
  | 'unreadable' // not the text of an action
  | 'doubled' // two texts under one id
  | 'changed' // not the text that the next action of its session followed
  | 'missing' // a number of the session is not there, and nobody withdrew it
  | 'not-first' // says that nothing was before it, or that something was before the first
  | 'mixed' // a session with two authors or devices
  | 'bad-signature' // not signed by the key of its device
  | 'no-key' // signed, but its device never said which key it signs with
  | 'another-key' // its device had said another key before
  | 'after-revocation' // its device was revoked, and who did that had not seen it

/** Something that an honest log does not have. */
export interface LogProblem {
  readonly kind: LogProblemKind
  /** The action concerned; empty where not even that can be read. */
  readonly action: string
}

/** What a log proves of itself. */
export interface LogVerification {
  readonly actions: number
  readonly sessions: number
  /** Actions that a valid signature vouches for: their own, or a later one of their session. */
  readonly vouched: number
  /** The first action in log order that nothing vouches for although its device signs; null where there is none. */
  readonly firstUnvouched: string | null
  /** Actions that were refused by a server and declared so. */
  readonly withdrawn: number
  /** Devices whose signatures were ended. */
  readonly revoked: number
  /** Devices that sign, with the key of each and who said that they use it. */
  readonly keys: readonly { readonly device: string; readonly by: string; readonly publicKey: string }[]
  /** In log order; the first is the one to look at. */
  readonly problems: readonly LogProblem[]
}

/**
 * Verifies the log of an open book, or contents that a worker was given. Costs a hash of each text and a signature check for each session:
 * some seconds for 100,000 actions.
 * @example
 * const { actions, vouched, problems } = await verifyLog(book)
 * if (problems[0]) console.log(`${problems[0].action}: ${problems[0].kind}`)
 */
export async function verifyLog(
  book: LogContents | { readonly id: string; readonly doc: Doc },
): Promise<LogVerification> {
  const log = logContents(book)
  const { sessions, strays } = sortIntoSessions(log.elements)
  const problems: LogProblem[] = strays.map(({ kind, action }) => ({ kind, action }))
  const all = [...sessions.values()].flat()
  const places = new Map(all.map(({ action }) => [action.id, action]))
  const { keys, otherKeys } = keysOf(all)
  problems.push(...otherKeys.map((action) => ({ kind: 'another-key' as const, action })))
  const withdrawn = withdrawnOf(all)
  const unvouched = new Set<HashedAction>()
  for (const actions of sessions.values()) {
    const flaws = checkChain(actions, withdrawn)
    const judged = await judgeSignatures(log.book, actions, keys)
    problems.push(...flaws, ...judged.problems)
    for (const action of judged.unvouched) unvouched.add(action)
  }
  const revocations = revocationsIn(all.filter((action) => !unvouched.has(action)))
  const declared = new Set(withdrawn.keys())
  for (const actions of sessions.values()) {
    const end = endOfSession(actions, { revocations, withdrawn: declared })
    problems.push(...end.problems)
    for (const action of actions) if (action.seq > end.upTo) unvouched.add(action)
  }
  for (const action of goneWith(revocations, (session) => sessions.has(session)))
    if (!declared.has(action)) problems.push({ kind: 'missing', action })
  problems.sort((a, b) => compareIds(places, a.action, b.action))
  return {
    actions: all.length,
    sessions: sessions.size,
    vouched: all.length - unvouched.size,
    firstUnvouched: firstOf([...unvouched].filter(({ action }) => keys.has(action.device))),
    withdrawn: withdrawn.size,
    revoked: revocations.ends.size,
    keys: [...keys].flatMap(([device, { actors, publicKey }]) => [...actors].map((by) => ({ device, by, publicKey }))),
    problems,
  }
}

interface DeviceKey {
  readonly publicKey: string
  /** Who used the device: somebody who lost their access comes back as another actor. */
  readonly actors: Set<string>
}

/** The first key, in log order, that each device said of itself; and the actions that said another. */
function keysOf(all: readonly HashedAction[]) {
  const keys = new Map<string, DeviceKey>()
  const otherKeys: string[] = []
  const saying = all.filter(({ action }) => action.entries.some(({ kind }) => kind === 'device.added'))
  for (const { action } of saying.sort((a, b) => compareActions(a.action, b.action))) {
    for (const { kind, subject, publicKey } of action.entries) {
      if (kind !== 'device.added' || subject !== action.device || typeof publicKey !== 'string') continue
      const known = keys.get(subject) ?? { publicKey, actors: new Set<string>() }
      keys.set(subject, known)
      if (known.publicKey === publicKey) known.actors.add(action.by)
      else otherKeys.push(action.id)
    }
  }
  return { keys, otherKeys }
}

interface Withdrawn {
  readonly hash: string
  /** Who says so: only its own author may withdraw an action. */
  readonly by: string
}

/** Withdrawn actions: id to the hash of the text that a server refused. */
function withdrawnOf(all: readonly HashedAction[]): ReadonlyMap<string, Withdrawn> {
  const withdrawn = new Map<string, Withdrawn>()
  for (const { action } of all) {
    for (const { kind, subject, hash } of action.entries)
      if (kind === 'action.withdrawn' && typeof hash === 'string') withdrawn.set(subject, { hash, by: action.by })
  }
  return withdrawn
}

/** Each action must name the one before it. A flaw is laid on the action that is not as the next one says. */
function checkChain(actions: readonly HashedAction[], withdrawn: ReadonlyMap<string, Withdrawn>): LogProblem[] {
  const flaws: LogProblem[] = []
  let before: { seq: number; hash: string | null } = { seq: -1, hash: null }
  const [first] = actions
  for (const { action, seq, hash } of actions) {
    const session = action.id.slice(0, action.id.indexOf('.'))
    if (action.by !== first?.action.by || action.device !== first.action.device)
      flaws.push({ kind: 'mixed', action: action.id })
    for (let gone = before.seq + 1; gone < seq; gone++) {
      const declared = withdrawn.get(`${session}.${gone}`)
      if (declared?.by !== action.by) {
        flaws.push({ kind: 'missing', action: `${session}.${gone}` })
        before = { seq: seq - 1, hash: action.prev } // what was there is not known; one gap is one flaw
        break
      }
      before = { seq: gone, hash: declared.hash }
    }
    if (action.prev !== before.hash) {
      const isNamed = before.hash !== null && action.prev !== null
      flaws.push(
        isNamed ? { kind: 'changed', action: `${session}.${before.seq}` } : { kind: 'not-first', action: action.id },
      )
    }
    before = { seq, hash }
  }
  return flaws
}

/**
 * From the end of a session: whom the next one names by hash is vouched for with it. Where the chain is broken, or goes over an action that is in no log
 * because a server refused it, only a signature of its own vouches for an action.
 */
async function judgeSignatures(book: string, actions: readonly HashedAction[], keys: ReadonlyMap<string, DeviceKey>) {
  const problems: LogProblem[] = []
  const unvouched: HashedAction[] = []
  let followed: string | null = null
  for (const hashed of actions.toReversed()) {
    const { action, text, hash } = hashed
    const signed = splitSigned(text)
    const key = keys.get(action.device)
    const isVouched: boolean =
      hash === followed ||
      (signed !== null &&
        key?.actors.has(action.by) === true &&
        (await isSignedBy(key.publicKey, signed.sig, messageOf(book, signed.bare))))
    followed = isVouched ? action.prev : null
    if (isVouched) continue
    unvouched.push(hashed)
    if (signed && (key || problems.length === 0))
      problems.push({ kind: key ? 'bad-signature' : 'no-key', action: action.id })
  }
  return { problems, unvouched }
}

function firstOf(actions: readonly HashedAction[]): string | null {
  return actions.toSorted((a, b) => compareActions(a.action, b.action))[0]?.action.id ?? null
}

function compareIds(places: ReadonlyMap<string, { n: number; id: string }>, a: string, b: string): number {
  const of = (id: string) => places.get(id) ?? { n: Number.MAX_SAFE_INTEGER, id }
  return compareActions(of(a), of(b))
}
