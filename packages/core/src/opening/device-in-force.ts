// Which device this one writes as. One that was revoked and let in again starts anew: what its old key signs counts for nothing any more.
import { createId, Id } from '../schema/ids.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { withLock } from '../storage/with-lock.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import { markNames } from './durability.ts'

/** Whom this device writes as. */
export interface DeviceInForce {
  readonly device: string
  /** The device, revoked since, that it wrote as before; null where it is the first. */
  readonly before: string | null
}

/** The device's own id or, where that was revoked, another one with a key that is still to be made. */
export async function deviceInForce(parts: {
  readonly context: { readonly book: string; readonly projection: Pick<BookProjection, 'revoked'> }
  readonly appending: { readonly author: { readonly id: string }; readonly device: string }
  readonly marks: StorageHandle['marks']
}): Promise<DeviceInForce> {
  const { appending, context, marks } = parts
  const { revoked } = context.projection
  const isRevoked = (device: string) => revoked.has(`${appending.author.id} ${device}`)
  if (!isRevoked(appending.device)) return { device: appending.device, before: null }
  // Two tabs that hear of it at once become one other device.
  return withLock(`tierbook-device-${context.book}`, () => anotherDevice(appending.device, { marks, isRevoked }))
}

async function anotherDevice(
  first: string,
  { marks, isRevoked }: { marks: StorageHandle['marks']; isRevoked: (device: string) => boolean },
): Promise<DeviceInForce> {
  const idIn = async (mark: string) => Id.safeParse(await marks.get(mark)).data
  const again = await idIn(markNames.deviceAgain)
  if (again !== undefined && !isRevoked(again))
    return { device: again, before: (await idIn(markNames.deviceBefore)) ?? first }
  const before = again ?? first
  const device = createId()
  await marks.delete(markNames.key)
  await marks.set(markNames.deviceBefore, before)
  await marks.set(markNames.deviceAgain, device)
  return { device, before }
}
