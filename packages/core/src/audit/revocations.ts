// What the log says of revoked devices: up to which action of each session their signatures count, and what stands behind that.
import type { LogProblem } from './verify-log.ts'
import type { HashedAction } from './sessions.ts'

/** Session to the last action that counts, with its hash. */
type Heads = Map<string, { readonly seq: number; readonly hash: string }>

/** Revocations by `<actor> <device>`: each of them as it was made at once, of however many actions. */
export type Revocations = ReadonlyMap<string, readonly Heads[]>

/** Reads the revocations in `actions`: only those that are vouched for count, or whoever relays a log could revoke devices. */
export function revocationsIn(actions: readonly HashedAction[]): Revocations {
  const byPair = new Map<string, Map<string, Heads>>()
  for (const { action } of actions) {
    for (const entry of action.entries) {
      if (entry.kind !== 'device.revoked') continue
      const pair = `${String(entry['actor'])} ${entry.subject}`
      const made = byPair.get(pair) ?? new Map<string, Heads>()
      byPair.set(pair, made)
      const heads: Heads = made.get(action.batch ?? action.id) ?? new Map<string, { seq: number; hash: string }>()
      made.set(action.batch ?? action.id, heads)
      for (const [id, hash] of Object.entries((entry['heads'] ?? {}) as Record<string, string>)) {
        const [session = '', seq] = id.split('.')
        heads.set(session, { seq: Number(seq), hash })
      }
    }
  }
  return new Map([...byPair].map(([pair, made]) => [pair, [...made.values()]]))
}

/**
 * The last number of a session that counts, and what is wrong with it. Where a device was revoked more than once the narrowest holds: so whoever has its
 * key gains nothing by revoking it themselves. Infinity where it was not revoked.
 */
export function endOfSession(
  session: readonly HashedAction[],
  { revocations, withdrawn }: { revocations: Revocations; withdrawn: ReadonlySet<string> },
): { readonly upTo: number; readonly problems: readonly LogProblem[] } {
  const [first] = session
  if (!first) return { upTo: Infinity, problems: [] }
  const { by, device, id } = first.action
  const name = id.slice(0, id.indexOf('.'))
  const problems: LogProblem[] = []
  let upTo = Infinity
  for (const heads of revocations.get(`${by} ${device}`) ?? []) {
    const head = heads.get(name)
    upTo = Math.min(upTo, head?.seq ?? -1)
    if (!head) continue
    // Who revoked the device had seen this action: a log without it was cut, one with another text was altered.
    const there = session.find(({ seq }) => seq === head.seq)
    if (!there && !withdrawn.has(`${name}.${head.seq}`))
      problems.push({ kind: 'missing', action: `${name}.${head.seq}` })
    else if (there && there.hash !== head.hash) problems.push({ kind: 'changed', action: there.action.id })
  }
  const late = session.find(({ seq }) => seq > upTo)
  if (late) problems.push({ kind: 'after-revocation', action: late.action.id })
  return { upTo, problems }
}

/** Actions that a revocation names, of sessions of which nothing is there. */
export function goneWith(revocations: Revocations, isThere: (session: string) => boolean): readonly string[] {
  const heads = [...revocations.values()].flat().flatMap((made) => [...made])
  return [...new Set(heads.filter(([session]) => !isThere(session)).map(([session, { seq }]) => `${session}.${seq}`))]
}
