// Actions that a server refused: who declares that their number is missing from a session, so that it is not taken for a cut.
import { compareActions } from '../log/logged-action.ts'
import { type DeviceKeys, isSigning } from './signatures.ts'
import type { HashedAction } from './sessions.ts'

/** What the log says of refused actions. */
export interface Withdrawals {
  /** How many actions are declared. */
  readonly count: number
  /** The hash of the refused text, as its author declares it; null where they do not. */
  hashOf(id: string, missed: Missed): string | null
}

/** Where an action is missed: at the one, or its like, that follows or names it. Who names it without its device wants a signature, whatever device that was. */
interface Missed {
  readonly by: string
  readonly device: string | null
  readonly n: number
}

interface Declared {
  readonly hash: string
  readonly by: string
  readonly isVouched: boolean
}

/**
 * Only its own author may withdraw an action, and what the author's signature does not vouch for is nobody's word: it excuses a gap only among actions of
 * a device that does not sign either, where nothing is proven. Of several declarations the first in log order holds.
 */
export function withdrawalsIn(
  all: readonly HashedAction[],
  { keys, isVouched }: { keys: DeviceKeys; isVouched: (action: HashedAction) => boolean },
): Withdrawals {
  const declared = new Map<string, Declared[]>()
  const saying = all.filter(({ action }) => action.entries.some(({ kind }) => kind === 'action.withdrawn'))
  for (const hashed of saying.sort((a, b) => compareActions(a.action, b.action))) {
    const { by, entries } = hashed.action
    if (!isVouched(hashed) && isSigning(keys, hashed.action)) continue
    for (const { kind, subject, hash } of entries) {
      if (kind !== 'action.withdrawn' || typeof hash !== 'string') continue
      const others = declared.get(subject) ?? []
      declared.set(subject, others)
      others.push({ hash, by, isVouched: isVouched(hashed) })
    }
  }
  return {
    count: declared.size,
    hashOf(id, { by, device, n }) {
      const needsVouching = device === null || isSigning(keys, { by, device, n })
      const counting = declared.get(id)?.find((each) => each.by === by && (each.isVouched || !needsVouching))
      return counting?.hash ?? null
    },
  }
}
