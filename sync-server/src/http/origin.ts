// Which pages may call this server. Tokens are no cookies, so this is a second line of defence against pages of other sites.
import type { IncomingMessage } from 'node:http'

/** True without an Origin header (scripts, other servers), for the server's own pages and for the origins that were allowed. */
export function isOriginAllowed(request: IncomingMessage, allowed: ReadonlySet<string>): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  if (allowed.has(origin)) return true
  try {
    return new URL(origin).host === host
  } catch {
    return false
  }
}
