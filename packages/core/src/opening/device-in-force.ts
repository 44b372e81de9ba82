// Which device this one writes as, and with which key: one id has one key for good. Who was revoked and let in again, or lost the key, starts anew as another.
import { createId, Id } from '../schema/ids.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { withLock } from '../storage/with-lock.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import { keptSigner, makeSigner, type Signer } from './device-key.ts'
import { markNames } from './durability.ts'

/** Whom this device writes as. */
export interface DeviceInForce {
  readonly device: string
  /** Its key; null where it signs nothing. */
  readonly signer: Signer | null
  /** The device that it wrote as before, which was revoked or whose key was lost; null where it is the first. */
  readonly before: string | null
}

/** What decides it. */
export interface DeviceInForceParts {
  readonly context: { readonly book: string; readonly projection: Pick<BookProjection, 'revoked' | 'keys'> }
  readonly appending: { readonly author: { readonly id: string }; readonly device: string }
  readonly marks: StorageHandle['marks']
  /** Whether actions are signed, where that can be done. */
  readonly isSigned: boolean
  /** Whether the log that this device's id may be in is here. */
  readonly isLogKnown: () => boolean
}

/** The device's own id or, where that was revoked or signs with a key that is not here, another one with a key of its own. */
export function deviceInForce(parts: DeviceInForceParts): Promise<DeviceInForce> {
  const { appending, context, marks, isSigned } = parts
  const { revoked } = context.projection
  const nameOf = (device: string) => `${appending.author.id} ${device}`
  // What cannot be read counts as not there, as a key does: storage that is out of reach keeps nobody from writing (F4).
  const idIn = async (mark: string) => Id.safeParse(await marks.get(mark).catch(() => undefined)).data

  // Two tabs that open a new book, or hear of a revocation, at once become one device with one key.
  return withLock(`tierbook-device-${context.book}`, async () => {
    const again = await idIn(markNames.deviceAgain)
    const latest = again ?? appending.device
    const before = again === undefined ? null : ((await idIn(markNames.deviceBefore)) ?? appending.device)
    const kept = isSigned ? await keptSigner(marks) : null
    const isRevoked = revoked.has(nameOf(latest))
    if (!isRevoked && !saysAnotherKey(context.projection, nameOf(latest), kept?.publicKey ?? null)) {
      if (kept !== null || !isSigned) return { device: latest, signer: kept, before }
      if (parts.isLogKnown()) return { device: latest, signer: await makeSigner(marks), before }
    }
    const device = createId()
    const signer = isSigned ? await makeSigner(marks) : null
    // Who cannot sign now may be able to again, as the device that said its key.
    if (signer === null && !isRevoked) return { device, signer, before: latest }
    try {
      await marks.set(markNames.deviceBefore, latest)
      await marks.set(markNames.deviceAgain, device)
    } catch {
      // The next opening writes as yet another one.
    }
    return { device, signer, before: latest }
  })
}

/** Whether the log has a key for a device (`<actor> <device>`) that is not this one: what is signed with this one, or not at all, would look forged. */
export function saysAnotherKey(
  { keys }: Pick<BookProjection, 'keys'>,
  device: string,
  publicKey: string | null,
): boolean {
  return [...keys].some((said) => said.startsWith(`${device} `) && said !== `${device} ${publicKey}`)
}
