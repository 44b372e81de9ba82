// What a device wrote that whoever revoked it had not seen: the device that takes its place vouches for that (LG6).
import { hashText } from '../log/hash-text.ts'
import { type LoggedAction, readAction } from '../log/logged-action.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import { placesTaken } from '../projection/places-taken.ts'

/** Says which device one takes the place of, and what counts besides what its revocation names. */
export interface Again {
  /** The device that was revoked, or whose key was lost. */
  readonly again: string
  /** Where it was revoked: the last action of each session that no revocation names, with its hash. */
  readonly heads?: Readonly<Record<string, string>>
}

/** As many as fit into an action beside others: a device that was revoked wrote in few sessions since. */
const mostSessions = 1_000

/** Reads what `device`, and those whose place it took in turn, wrote in this log behind what their revocations name. */
export function unseenWork(
  { log }: Pick<BookProjection, 'log'>,
  { actor, device }: { actor: string; device: string },
): Again {
  const last = new Map<string, LoggedAction>()
  const seen = new Set<string>()
  for (const row of log.ordered()) {
    const logged = log.at(row)
    if (logged.by === actor && logged.seq >= (last.get(logged.session)?.seq ?? 0)) last.set(logged.session, logged)
    // Few texts are read whole.
    if (!logged.text.includes('"kind":"device.revoked"')) continue
    for (const entry of readAction(logged).entries) {
      if (entry.kind !== 'device.revoked' || entry['actor'] !== actor) continue
      for (const id of Object.keys(entry['heads'] ?? {})) seen.add(id)
    }
  }
  const before = placesTaken({ log }, actor)
  const devices = new Set<string>()
  for (let each: string | undefined = device; each !== undefined && !devices.has(each); each = before.get(each))
    devices.add(each)
  const heads: [string, string][] = []
  for (const logged of last.values()) {
    const action = readAction(logged)
    if (devices.has(action.device) && !seen.has(action.id)) heads.push([action.id, hashText(logged.text)])
  }
  return { again: device, heads: Object.fromEntries(heads.slice(-mostSessions)) }
}
