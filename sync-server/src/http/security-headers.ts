// Headers that every answer carries.
import type { ServerResponse } from 'node:http'

/** The pages carry their own script policy in a meta tag with hashes; what a meta tag cannot say stands here. Both apply. */
export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader(
    'content-security-policy',
    "frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'",
  )
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('permissions-policy', 'camera=(self), microphone=(), geolocation=()')
}
