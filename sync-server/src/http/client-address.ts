// The address that limits count by.
import type { IncomingMessage } from 'node:http'

/** The peer's address, or behind a trusted proxy the last one it added to X-Forwarded-For; earlier ones anybody can make up. */
export function clientAddress(request: IncomingMessage, { trustProxy }: { trustProxy: boolean }): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1)?.trim()
  return last || request.socket.remoteAddress || 'unknown'
}
