import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'

const from = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

test('only a trusted proxy names another address, and only its last one counts', () => {
  const request = from('10.0.0.1', '1.1.1.1, 203.0.113.7')
  expect(clientAddress(request, { trustProxy: false })).toBe('10.0.0.1')
  expect(clientAddress(request, { trustProxy: true })).toBe('203.0.113.7')
  expect(clientAddress(from('10.0.0.1'), { trustProxy: true })).toBe('10.0.0.1')
})

test('a port that the proxy added does not make another address', () => {
  expect(clientAddress(from('10.0.0.1', '203.0.113.7:51234'), { trustProxy: true })).toBe('203.0.113.7')
  expect(clientAddress(from('10.0.0.1', '[2001:db8::1]:443'), { trustProxy: true })).toBe('2001:db8:0:0::/64')
})

test('all addresses of one IPv6 network count as one', () => {
  for (const address of ['2001:db8:1:2::1', '2001:0db8:1:2:ffff:1:2:3', '2001:db8:1:2::']) {
    expect(clientAddress(from(address), { trustProxy: false })).toBe('2001:db8:1:2::/64')
  }
  expect(clientAddress(from('2001:db8:1:3::1'), { trustProxy: false })).toBe('2001:db8:1:3::/64')
  expect(clientAddress(from('::1'), { trustProxy: false })).toBe('0:0:0:0::/64')
  expect(clientAddress(from('fe80::1%eth0'), { trustProxy: false })).toBe('fe80:0:0:0::/64')
  expect(clientAddress(from('::ffff:192.0.2.1'), { trustProxy: false })).toBe('192.0.2.1')
})
