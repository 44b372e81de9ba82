// What the log says of revoked devices: up to which action of each session their signatures count, and what stands behind that.
import type { LogProblem } from './verify-log.ts'
import type { HashedAction } from './sessions.ts'

/** Session to the last action that counts, with its hash. */
type Heads = Map<string, { readonly seq: number; readonly hash: string }>

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
      made.set(name, new Map([...(made.get(name) ?? []), ...headsOf(entry['heads'])]))
    }
  }
  for (const { action } of actions) {
    // A device that was revoked itself says nothing any more: whoever has its key could vouch for what they like.
    if (ends.has(`${action.by} ${action.device}`)) continue
    for (const { kind, again: before, heads } of action.entries)
      if (kind === 'device.added' && before) again.set(action.by, [...(again.get(action.by) ?? []), headsOf(heads)])
  }
  return { ends: new Map([...ends].map(([pair, made]) => [pair, [...made.values()]])), again }
}

function headsOf(named: unknown): Heads {
  const heads = Object.entries((named ?? {}) as Record<string, string>)
  return new Map(
    heads.map(([id, hash]) => {
      const [session = '', seq] = id.split('.')
      return [session, { seq: Number(seq), hash }]
    }),
  )
}

/**
 * The last number of a session that counts, and what is wrong with it. Where a device was revoked more than once the narrowest holds: so whoever has its
 * key gains nothing by revoking it themselves. Behind that counts what the device in its place had seen. Infinity where it was not revoked.
 */
export function endOfSession(
  session: readonly HashedAction[],
  { revocations, withdrawn }: { revocations: Revocations; withdrawn: ReadonlySet<string> },
): { readonly upTo: number; readonly problems: readonly LogProblem[] } {
  const [first] = session
  const { by, device, id } = first?.action ?? { by: '', device: '', id: '' }
  const name = id.slice(0, id.indexOf('.'))
  const ends = (revocations.ends.get(`${by} ${device}`) ?? []).map((heads) => heads.get(name))
  const again = (revocations.again.get(by) ?? []).map((heads) => heads.get(name))
  const problems: LogProblem[] = []
  for (const head of [...ends, ...again]) {
    if (!head) continue
    // Whoever names this action had seen it: a log without it was cut, one with another text was altered.
    const there = session.find(({ seq }) => seq === head.seq)
    if (!there && !withdrawn.has(`${name}.${head.seq}`))
      problems.push({ kind: 'missing', action: `${name}.${head.seq}` })
    else if (there && there.hash !== head.hash) problems.push({ kind: 'changed', action: there.action.id })
  }
  const last = (heads: typeof ends) => heads.map((head) => head?.seq ?? -1)
  const upTo = Math.max(Math.min(...last(ends)), ...last(again))
  const late = session.find(({ seq }) => seq > upTo)
  if (late) problems.push({ kind: 'after-revocation', action: late.action.id })
  return { upTo, problems }
}

/** Actions that a revocation, or a device in the place of a revoked one, names, of sessions of which nothing is there. */
export function goneWith({ ends, again }: Revocations, isThere: (session: string) => boolean): readonly string[] {
  const heads = [...ends.values(), ...again.values()].flat().flatMap((made) => [...made])
  return [...new Set(heads.filter(([session]) => !isThere(session)).map(([session, { seq }]) => `${session}.${seq}`))]
}
