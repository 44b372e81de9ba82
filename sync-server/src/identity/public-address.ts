// The address that links and QR codes carry, and what to warn about it.
import type { InviteGrant } from '@tierbook/core/protocol'

/** An address with what browsers and other devices can do there. */
export interface PublicAddress {
  readonly url: string
  readonly isLoopback: boolean
  readonly isSecure: boolean
}

/** Judges `url`; an origin. */
export function describeAddress(url: string): PublicAddress {
  const { hostname, protocol, origin } = new URL(url)
  const isLoopback =
    hostname === 'localhost' || hostname.endsWith('.localhost') || /^127\./.test(hostname) || hostname === '[::1]'
  return { url: origin, isLoopback, isSecure: protocol === 'https:' || isLoopback }
}

/** The link that redeems an invite. The fragment never reaches a server, so no log or proxy sees it. */
export function inviteUrl(address: PublicAddress, invite: string): string {
  return `${address.url}/join#${invite}`
}

/** What to tell whoever hands the link on. */
export function inviteWarnings(address: PublicAddress): InviteGrant['warnings'] {
  if (address.isLoopback) return ['loopback']
  return address.isSecure ? [] : ['not-https']
}
