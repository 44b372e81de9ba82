import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as awareness from 'y-protocols/awareness'
import * as Y from 'yjs'
import { readMessage, writeAwareness, writeSyncStep1, writeSyncStep2, writeUpdate } from './messages.ts'
import { createPresence } from './presence.ts'
import type { ShownState } from './read-states.ts'
import { isStateVector } from './state-vector.ts'

test('[F35] [F36] whatever bytes come, reading ends in a message or in null, and holds no more than came', () => {
  const presence = createPresence<{ actor: string }>()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const message = readMessage(bytes)
      if (message?.type === 'sync-step-1') isStateVector(message.stateVector)
      if (message?.type === 'awareness') presence.take({ actor: 'a' }, message.states, () => true)
    }),
    { numRuns: 5000, seed: 35 },
  )
})

test('a frame within a larger buffer is read to its own end', () => {
  const frame = writeUpdate(Uint8Array.from([1, 2, 3]))
  const pool = Uint8Array.from([9, 9, ...frame, 9, 9, 9, 9])
  expect(readMessage(pool.subarray(2, 2 + frame.length))).toMatchObject({ update: Uint8Array.from([1, 2, 3]) })
  // Declares three bytes of which two are its own.
  expect(readMessage(pool.subarray(2, 1 + frame.length))).toBeNull()
})

test('sync frames are what they say', () => {
  const content = Uint8Array.from([0])
  expect(readMessage(writeSyncStep1(content))).toMatchObject({ type: 'sync-step-1', stateVector: content })
  expect(readMessage(writeSyncStep2(content))).toMatchObject({ type: 'sync-step-2', update: content })
})

test('a state vector is whole, with nothing behind it and no more than it declares', () => {
  const doc = new Y.Doc()
  doc.getArray('log').push(['x'])
  const vector = Y.encodeStateVector(doc)
  expect(isStateVector(vector)).toBe(true)
  for (const bytes of [[], [1], [1, 1], [255, 255, 255, 255, 7], [...vector, 0]]) {
    expect(isStateVector(Uint8Array.from(bytes)), String(bytes)).toBe(false)
  }
})

test('[F39] presence passes on what y-protocols writes, and what it writes y-protocols reads', () => {
  const ada = new awareness.Awareness(new Y.Doc())
  const bob = new awareness.Awareness(new Y.Doc())
  ada.setLocalState({ name: 'Ada „✓“' })
  const presence = createPresence<{ actor: string }>()
  const holder = { actor: 'ada' }
  const states = awareness.encodeAwarenessUpdate(ada, [ada.clientID])
  const read = (states: readonly ShownState[]) => {
    const message = readMessage(writeAwareness(states))
    if (message?.type === 'awareness') awareness.applyAwarenessUpdate(bob, message.states, 'test')
    return bob.getStates().get(ada.clientID)
  }
  expect(read(presence.take(holder, states, () => true))).toEqual({ name: 'Ada „✓“' })
  // An echo, by the device itself or by another, says nothing new.
  expect(presence.take(holder, states, () => true)).toEqual([])
  expect(presence.take({ actor: 'ada' }, states, () => true)).toEqual([])
  expect(presence.take({ actor: 'eve' }, states, () => true)).toEqual([])
  expect(read(presence.leave(holder))).toBeUndefined()
  // Nor does one that comes after its owner has left.
  expect(presence.take({ actor: 'ada' }, states, () => true)).toEqual([])
  expect(presence.all()).toEqual([])
  expect(readMessage(writeAwareness([]))).toEqual({ type: 'awareness', states: Uint8Array.from([0]) })
  ada.destroy()
  bob.destroy()
})
