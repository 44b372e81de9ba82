// Ids that several devices work out alike; apart from the other ids, since only what writes needs the hash.
import { v5 } from 'uuid'
import { base64UrlToBytes, bytesToBase64Url } from './ids.ts'

/** An id that everyone derives alike from `name` within `namespaceId` (UUIDv5): two devices that import one client get one client. */
export function deriveId(namespaceId: string, name: string): string {
  return bytesToBase64Url(v5(name, base64UrlToBytes(namespaceId), new Uint8Array(16)))
}
