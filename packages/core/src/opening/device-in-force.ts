// Which device this one writes as. One that was revoked and let in again starts anew: what its old key signs counts for nothing any more.
import { createId, Id } from '../schema/ids.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import { markNames } from './durability.ts'

/** The device's own id or, where that was revoked, another one with a key that is still to be made. */
export async function deviceInForce(parts: {
  readonly context: { readonly projection: Pick<BookProjection, 'revoked'> }
  readonly appending: { readonly author: { readonly id: string }; readonly device: string }
  readonly marks: StorageHandle['marks']
}): Promise<string> {
  const { revoked } = parts.context.projection
  const isRevoked = (device: string) => revoked.has(`${parts.appending.author.id} ${device}`)
  if (!isRevoked(parts.appending.device)) return parts.appending.device
  const again = Id.safeParse(await parts.marks.get(markNames.deviceAgain))
  if (again.success && !isRevoked(again.data)) return again.data
  const device = createId()
  await parts.marks.delete(markNames.key)
  await parts.marks.set(markNames.deviceAgain, device)
  return device
}
