// What the log says of revoked devices: up to which action of each session their signatures count, and what stands behind that.
import type { LogProblem } from './verify-log.ts'
import type { HashedAction } from './sessions.ts'
import type { Withdrawals } from './withdrawals.ts'

/** Session to the last action that counts, with its hash, and the number of the action that says so. */
type Heads = Map<string, { readonly seq: number; readonly hash: string; readonly n: number }>
type HeadOfSession = ReturnType<Heads['get']>

/** What the log says of revoked devices. */
export interface Revocations {
  /** By `<actor> <device>`: each revocation as it was made at once, of however many actions. */
  readonly ends: ReadonlyMap<string, readonly Heads[]>
  /** By actor: what the devices that took the place of revoked ones say to count besides. */
  readonly again: ReadonlyMap<string, readonly Heads[]>
}

/** Reads what `actions` say: only those that are vouched for count, or whoever relays a log could revoke devices. */
export function revocationsIn(actions: readonly HashedAction[]): Revocations {
  const ends = new Map<string, Map<string, Heads>>()
  const again = new Map<string, Heads[]>()
  for (const { action } of actions) {
    for (const entry of action.entries) {
      if (entry.kind !== 'device.revoked') continue
      const pair = `${String(entry['actor'])} ${entry.subject}`
      const made = ends.get(pair) ?? new Map<string, Heads>()
      ends.set(pair, made)
      const name = action.batch ?? action.id
      made.set(name, new Map([...(made.get(name) ?? []), ...headsOf(entry['heads'], action.n)]))
    }
  }
  for (const { action } of actions) {
    // A device that was revoked itself says nothing any more: whoever has its key could vouch for what they like.
    if (ends.has(`${action.by} ${action.device}`)) continue
    for (const { kind, again: before, heads } of action.entries)
      if (kind === 'device.added' && before)
        again.set(action.by, [...(again.get(action.by) ?? []), headsOf(heads, action.n)])
  }
  return { ends: new Map([...ends].map(([pair, made]) => [pair, [...made.values()]])), again }
}

function headsOf(named: unknown, n: number): Heads {
  const heads = Object.entries((named ?? {}) as Record<string, string>)
  return new Map(
    heads.map(([id, hash]) => {
      const [session = '', seq] = id.split('.')
      return [session, { seq: Number(seq), hash, n }]
    }),
  )
}

/**
 * The last number of a session that counts. Where a device was revoked more than once the narrowest holds: so whoever has its key gains nothing by revoking
 * it themselves. Behind that counts what the device in its place had seen. Infinity where it was not revoked.
 */
export function endOfSession(session: readonly HashedAction[], revocations: Revocations): number {
  const { ends, again } = headsOfSession(session, revocations)
  const last = (heads: typeof ends) => heads.map((head) => head?.seq ?? -1)
  return Math.max(Math.min(...last(ends)), ...last(again))
}

/** What is wrong with a session by what revocations say of it. */
export function checkHeads(
  session: readonly HashedAction[],
  { revocations, withdrawals }: { revocations: Revocations; withdrawals: Withdrawals },
): readonly LogProblem[] {
  const [first] = session
  if (!first) return []
  const { ends, again, name } = headsOfSession(session, revocations)
  const problems: LogProblem[] = []
  const { by, device } = first.action
  const check = (head: HeadOfSession, missedOf: string | null) => {
    if (!head) return
    // Whoever names this action had seen it: a log without it was cut, one with another text was altered.
    const id = `${name}.${head.seq}`
    const there = session.find(({ seq }) => seq === head.seq)
    if (there && there.hash !== head.hash) problems.push({ kind: 'changed', action: id })
    else if (!there && withdrawals.hashOf(id, { by, device: missedOf, n: head.n }) === null)
      problems.push({ kind: 'missing', action: id })
  }
  for (const head of ends) check(head, device)
  for (const head of again) check(head, null)
  const upTo = endOfSession(session, revocations)
  const late = session.find(({ seq }) => seq > upTo)
  if (late) problems.push({ kind: 'after-revocation', action: late.action.id })
  return problems
}

function headsOfSession([first]: readonly HashedAction[], revocations: Revocations) {
  const { by, device, id } = first?.action ?? { by: '', device: '', id: '' }
  const name = id.slice(0, id.indexOf('.'))
  return {
    name,
    ends: (revocations.ends.get(`${by} ${device}`) ?? []).map((heads) => heads.get(name)),
    again: (revocations.again.get(by) ?? []).map((heads) => heads.get(name)),
  }
}

/** Actions that a revocation, or a device in the place of a revoked one, names, of sessions of which nothing is there; with the number of who names it. */
export function goneWith(
  { ends, again }: Revocations,
  { isThere, withdrawals }: { isThere: (session: string) => boolean; withdrawals: Withdrawals },
): ReadonlyMap<string, number> {
  const gone = new Map<string, number>()
  for (const [said, made] of [...ends, ...again]) {
    // Who took the place of others does not say which of them wrote it.
    const [by = '', device = null] = said.split(' ')
    for (const heads of made)
      for (const [session, { seq, n }] of heads) {
        const id = `${session}.${seq}`
        if (isThere(session) || withdrawals.hashOf(id, { by, device, n }) !== null) continue
        gone.set(id, Math.min(n, gone.get(id) ?? n))
      }
  }
  return gone
}
