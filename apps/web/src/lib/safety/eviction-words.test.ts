import { expect, test } from 'vitest'
import { evictionWords } from './eviction-words.ts'

test('[F7] what only this device has is counted in words, and what to do fits the connection', () => {
  expect(evictionWords({ sync: 'online', unsent: 1 })).toBe('1 change is on this device only until the server has it.')
  expect(evictionWords({ sync: 'offline', unsent: 2 })).toBe(
    '2 changes are on this device only until the server has them.',
  )
  expect(evictionWords({ sync: 'signed-out', unsent: 1 })).toBe(
    '1 change is on this device only. Sign in again under Devices to send it.',
  )
  expect(evictionWords({ sync: 'none', unsent: 0 })).toContain('Connect a server under Devices')
})
