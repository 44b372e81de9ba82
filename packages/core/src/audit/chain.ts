// The chain of a session: each action names the one before it by its hash.
import type { LogProblem } from './verify-log.ts'
import type { HashedAction } from './sessions.ts'
import type { Withdrawals } from './withdrawals.ts'

/** Follows one session. A flaw is laid on the action that is not as the next one says. */
export function checkChain(actions: readonly HashedAction[], withdrawals: Withdrawals): readonly LogProblem[] {
  const flaws: LogProblem[] = []
  let before: { seq: number; hash: string | null } = { seq: -1, hash: null }
  const [first] = actions
  for (const { action, seq, hash } of actions) {
    const session = action.id.slice(0, action.id.indexOf('.'))
    if (action.by !== first?.action.by || action.device !== first.action.device)
      flaws.push({ kind: 'mixed', action: action.id })
    for (let gone = before.seq + 1; gone < seq; gone++) {
      const declared = withdrawals.hashOf(`${session}.${gone}`, action)
      if (declared === null) {
        flaws.push({ kind: 'missing', action: `${session}.${gone}` })
        before = { seq: seq - 1, hash: action.prev } // what was there is not known; one gap is one flaw
        break
      }
      before = { seq: gone, hash: declared }
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
