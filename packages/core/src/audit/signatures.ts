// Which actions a signature vouches for: their own, or that of a later one of their session, which names those before it.
import { compareActions } from '../log/logged-action.ts'
import { messageOf, splitSigned } from '../log/signed-text.ts'
import { isSignedBy } from '../opening/device-key.ts'
import type { Action } from '../schema/action.ts'
import type { LogProblem } from './verify-log.ts'
import type { HashedAction } from './sessions.ts'

/** A key that a device said of itself, and the action that first said it. */
export interface DeviceKey {
  readonly publicKey: string
  readonly saidBy: Action
}

/** By `<actor> <device>`: nobody else says which key an actor's device signs with. */
export type DeviceKeys = ReadonlyMap<string, DeviceKey>

/** Whose key an action is signed with. */
export function signerOf({ by, device }: { readonly by: string; readonly device: string }): string {
  return `${by} ${device}`
}

/** Once a device has said its key it signs all that it writes. */
export function isSigning(keys: DeviceKeys, action: { by: string; device: string; n: number }): boolean {
  const key = keys.get(signerOf(action))
  return key !== undefined && key.saidBy.n <= action.n
}

/** The first key, in log order, that each device said of itself; and the actions that said another. */
export function keysOf(all: readonly HashedAction[]): { readonly keys: DeviceKeys; readonly otherKeys: LogProblem[] } {
  const keys = new Map<string, DeviceKey>()
  const otherKeys: LogProblem[] = []
  const saying = all.filter(({ action }) => action.entries.some(({ kind }) => kind === 'device.added'))
  for (const { action } of saying.sort((a, b) => compareActions(a.action, b.action))) {
    for (const { kind, subject, publicKey } of action.entries) {
      if (kind !== 'device.added' || subject !== action.device || typeof publicKey !== 'string') continue
      const known = keys.get(signerOf(action))
      if (!known) keys.set(signerOf(action), { publicKey, saidBy: action })
      else if (known.publicKey !== publicKey) otherKeys.push({ kind: 'another-key', action: action.id })
    }
  }
  return { keys, otherKeys }
}

/** What nothing vouches for in one session. */
export interface JudgedSession {
  readonly problems: readonly LogProblem[]
  readonly unvouched: readonly HashedAction[]
  /** Those of them that are no problem: without a signature, of a device that had said no key by then. */
  readonly unsigned: readonly HashedAction[]
}

/**
 * From the end of a session: whom the next one names by hash is vouched for with it. Where the chain is broken, or goes over an action that is in no log
 * because a server refused it, only a signature of its own vouches for an action.
 */
export async function judgeSession(
  book: string,
  actions: readonly HashedAction[],
  keys: DeviceKeys,
): Promise<JudgedSession> {
  const problems: LogProblem[] = []
  const unvouched: HashedAction[] = []
  const unsigned: HashedAction[] = []
  let followed: string | null = null
  for (const hashed of actions.toReversed()) {
    const { action, text, hash } = hashed
    const signed = splitSigned(text)
    const key = keys.get(signerOf(action))
    const isVouched: boolean =
      hash === followed ||
      (signed !== null &&
        key !== undefined &&
        (await isSignedBy(key.publicKey, signed.sig, messageOf(book, signed.bare))))
    followed = isVouched ? action.prev : null
    if (isVouched) continue
    unvouched.push(hashed)
    if (signed && key) problems.push({ kind: 'bad-signature', action: action.id })
    else if (signed) problems.push({ kind: 'no-key', action: action.id })
    // Who takes a signature away has altered something.
    else if (isSigning(keys, action)) problems.push({ kind: 'unsigned', action: action.id })
    else unsigned.push(hashed)
  }
  return { problems, unvouched, unsigned }
}
