// Holds a log against what it says of itself: every text hashed, every session's chain followed, and its last signature checked.
// What this proves, and what it does not: docs/threat-model.md.
import type { Doc } from 'yjs'
import { compareActions } from '../log/logged-action.ts'
import { checkChain } from './chain.ts'
import { type LogContents, logContents } from './log-contents.ts'
import { checkHeads, endOfSession, goneWith, revocationsIn } from './revocations.ts'
import { type HashedAction, sortIntoSessions } from './sessions.ts'
import { judgeSession, keysOf } from './signatures.ts'
import { withdrawalsIn } from './withdrawals.ts'

/** What is wrong with an action. */
export type LogProblemKind =
  | 'unreadable' // not the text of an action
  | 'doubled' // two texts under one id
  | 'changed' // not the text that the next action of its session followed
  | 'missing' // a number of the session is not there, and nobody withdrew it
  | 'not-first' // says that nothing was before it, or that something was before the first
  | 'mixed' // a session with two authors or devices
  | 'bad-signature' // not signed by the key of its device
  | 'unsigned' // not signed, though its device had said a key by then
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
  /**
   * Actions without a signature of devices that had said no key by then, in log order. Nothing tells whether they are as they were written, nor by whom. They are
   * no problem, since honest devices without Ed25519 write such ones.
   */
  readonly unsigned: number
  /** The first of them; null where there is none. */
  readonly firstUnsigned: string | null
  /** Actions that were refused by a server and declared so. */
  readonly withdrawn: number
  /** Devices whose signatures were ended. */
  readonly revoked: number
  /** Devices that sign, with the key of each and who said that they use it. */
  readonly keys: readonly { readonly device: string; readonly by: string; readonly publicKey: string }[]
  /** In log order, what is missing where it was missed; the first is the one to look at. What has no place in the log stands last. */
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
  const all = [...sessions.values()].flat()
  const { keys, otherKeys } = keysOf(all)
  const problems: LogProblem[] = [...strays.map(({ kind, action }) => ({ kind, action })), ...otherKeys]
  const unvouched = new Set<HashedAction>()
  const unsigned: HashedAction[] = []
  for (const actions of sessions.values()) {
    const judged = await judgeSession(log.book, actions, keys)
    problems.push(...judged.problems)
    unsigned.push(...judged.unsigned)
    for (const action of judged.unvouched) unvouched.add(action)
  }
  // In this order: what a revoked device signed later withdraws nothing.
  const isVouched = (action: HashedAction) => !unvouched.has(action)
  const revocations = revocationsIn(all.filter(isVouched))
  for (const actions of sessions.values()) {
    const end = endOfSession(actions, revocations)
    for (const action of actions) if (action.seq > end) unvouched.add(action)
  }
  const withdrawals = withdrawalsIn(all, { keys, isVouched })
  for (const actions of sessions.values())
    problems.push(...checkChain(actions, withdrawals), ...checkHeads(actions, { revocations, withdrawals }))
  const gone = goneWith(revocations, { isThere: (session) => sessions.has(session), withdrawals })
  for (const action of gone.keys()) problems.push({ kind: 'missing', action })
  return {
    actions: all.length,
    sessions: sessions.size,
    vouched: all.length - unvouched.size,
    unsigned: unsigned.length,
    firstUnsigned: unsigned.map(({ action }) => action).sort(compareActions)[0]?.id ?? null,
    withdrawn: withdrawals.count,
    revoked: revocations.ends.size,
    keys: [...keys.values()].map(({ publicKey, saidBy: { by, device } }) => ({ device, by, publicKey })),
    problems: inLogOrder(problems, { sessions, gone }),
  }
}

/** What is missing stands before the action that follows it in its session, or behind the last one, or where it is named. */
function inLogOrder(
  problems: readonly LogProblem[],
  { sessions, gone }: { sessions: ReadonlyMap<string, readonly HashedAction[]>; gone: ReadonlyMap<string, number> },
): readonly LogProblem[] {
  const places = new Map([...sessions.values()].flat().map((hashed) => [hashed.action.id, hashed]))
  const placeOf = ({ action: id }: LogProblem) => {
    const [session = '', number] = id.split('.')
    const actions = sessions.get(session) ?? []
    const near = places.get(id) ?? actions.find(({ seq }) => seq > Number(number)) ?? actions.at(-1)
    const n = near?.action.n ?? gone.get(id) ?? Number.MAX_SAFE_INTEGER
    return { n, id: near?.action.id ?? id, seq: Number(number) }
  }
  return problems
    .map((problem) => ({ problem, place: placeOf(problem) }))
    .sort((a, b) => compareActions(a.place, b.place) || a.place.seq - b.place.seq)
    .map(({ problem }) => problem)
}
