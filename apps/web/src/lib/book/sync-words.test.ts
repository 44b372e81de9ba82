import type { BookStatus } from '@tierbook/core'
import { expect, test } from 'vitest'
import { syncExplanation } from './sync-explanations.ts'
import { syncWords } from './sync-words.ts'

const onServer: BookStatus = {
  storage: 'saved',
  storageProblem: null,
  storageFault: null,
  setAside: 0,
  recovery: null,
  sync: 'online',
  reason: null,
  savingPaused: false,
  replicated: false,
  unsent: 0,
  loaded: true,
  readOnly: null,
  unreadable: 0,
  conflicting: 0,
  importing: null,
}
/** The state of a status with its explanation. */
const told = (status: Partial<BookStatus>, online = true) => {
  const whole = { ...onServer, ...status }
  const words = syncWords(whole, { online })
  return { ...words, explanation: syncExplanation(words.is, whole) }
}
const short = (status: Partial<BookStatus>, online = true) => syncWords({ ...onServer, ...status }, { online }).short

test('[SY2] a book without a server is saved on this device, whatever the network', () => {
  expect(short({ sync: 'none' })).toBe('Saved on this device')
  expect(short({ sync: 'none' }, false)).toBe('Saved on this device')
  expect(short({ sync: 'none', storage: 'saving' })).toBe('Saving on this device')
})

test('[SY2] all changes saved is said only when nothing waits, here or on the way', () => {
  expect(short({})).toBe('All changes saved')
  expect(short({ unsent: 2 })).toBe('Sending 2 changes')
  expect(short({ sync: 'connecting' })).toBe('Connecting')
  expect(short({ sync: 'loading' })).toBe('Connecting')
  expect(short({ storage: 'saving' })).toBe('Saving on this device')
})

test('[SY2] an open socket without a network counts as offline', () => {
  expect(short({ unsent: 3 }, false)).toBe('3 changes not sent yet — offline')
  expect(short({ unsent: 1, sync: 'offline' })).toBe('1 change not sent yet — offline')
  expect(short({ sync: 'online' }, false)).toBe('Offline — nothing waits to be sent')
})

test('[SY2] final answers of the server are said with what to do, and what is unsent with them', () => {
  const signedOut = told({ sync: 'signed-out', reason: 'the access token has expired', unsent: 1 })
  expect(signedOut.short).toBe('Signed out')
  expect(signedOut.explanation).toContain('Open a new invite link')
  expect(signedOut.explanation).toContain('1 change not sent yet')
  expect(short({ sync: 'refused', reason: 'no such book' })).toBe('Not let in by the server')
})

test('[SY2] a server that cannot store is said, with what waits, whether it can be reached or not', () => {
  expect(told({ savingPaused: true })).toEqual({
    is: 'paused',
    tone: 'waiting',
    short: 'Saving paused',
    explanation:
      'The server cannot store anything right now, and tries again by itself. Go on working: changes are saved on this device.',
  })
  expect(short({ savingPaused: true, unsent: 2 })).toBe('Saving paused — 2 changes waiting here')
  expect(short({ savingPaused: true, unsent: 1, sync: 'offline' })).toBe('Saving paused — 1 change waiting here')
  // What is true on this device comes first.
  expect(short({ savingPaused: true, unsent: 2 }, false)).toBe('2 changes not sent yet — offline')
  expect(short({ savingPaused: true, storage: 'failed' })).toBe('Not saved on this device')
  expect(short({ savingPaused: true, sync: 'signed-out' })).toBe('Signed out')
})

test('[SY1] a server with a standby is said to keep every change twice', () => {
  const { short: same, explanation } = told({ replicated: true })
  expect([same, explanation]).toEqual([
    'All changes saved',
    'Every change is on this device, on the server’s disk and on its standby.',
  ])
})

test('[SY2] a failed write on this device outweighs everything the server says', () => {
  const failed = told({ storage: 'failed', storageProblem: 'disk full' })
  expect(failed).toMatchObject({ tone: 'problem', short: 'Not saved on this device' })
  expect(failed.explanation).toContain('disk full')
})

test('an import that is not all here is said, with how far it is', () => {
  expect(short({ importing: { batch: 'b', done: 3, of: 20 } })).toBe('Import in progress: 3 of 20')
})

test('a device that joined and has not received the book says so', () => {
  expect(short({ loaded: false, sync: 'loading' })).toBe('Fetching the book')
  expect(short({ loaded: false, sync: 'offline' }, false)).toBe('Not received yet — offline')
  expect(short({ loaded: false, sync: 'refused', reason: 'no such book' })).toBe('Not let in by the server')
})
