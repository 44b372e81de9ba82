// Presence over y-protocols' own awareness objects, wired to each other as a server would.
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import { expect, onTestFinished, test } from 'vitest'
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import { createPresence } from './presence.ts'

function device() {
  const awareness = new Awareness(new Y.Doc())
  onTestFinished(() => awareness.destroy())
  const presence = createPresence()
  return { awareness, presence, connection: presence.attach(awareness) }
}

/** What one shows reaches the other. */
function join(from: Awareness, to: Awareness) {
  from.on(
    'update',
    ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>, origin: unknown) => {
      if (origin !== 'peer')
        applyAwarenessUpdate(to, encodeAwarenessUpdate(from, [...added, ...updated, ...removed]), 'peer')
    },
  )
}

const ada = { actor: createId(), name: 'Ada', client: null }

test('a device shows itself once its connection works, and its move to a client is seen', () => {
  const [a, b] = [device(), device()]
  join(a.awareness, b.awareness)
  let told = 0
  b.presence.subscribe(() => told++)
  a.presence.show(ada)
  expect(b.presence.others()).toEqual([])
  a.connection.returned()
  expect(b.presence.others()).toEqual([ada])
  const client = createId()
  a.presence.show({ ...ada, client })
  expect(b.presence.others()).toEqual([{ ...ada, client }])
  expect(told).toBe(2)
  expect(a.presence.others()).toEqual([])
})

test('a device that comes back shows itself under a later clock, so that a server that saw it leave takes it', () => {
  const { awareness, presence, connection } = device()
  presence.show(ada)
  connection.returned()
  const clock = awareness.meta.get(awareness.clientID)?.clock ?? 0
  connection.returned()
  expect(awareness.meta.get(awareness.clientID)?.clock).toBe(clock + 1)
})

test('[F15] another Yjs client id takes the state along, and the former one is taken down', () => {
  const [a, b] = [device(), device()]
  join(a.awareness, b.awareness)
  a.presence.show(ada)
  a.connection.returned()
  const before = a.awareness.clientID
  a.connection.clientIdChanged(before + 1)
  expect(b.presence.others()).toEqual([ada])
  expect(b.awareness.getStates().has(before)).toBe(false)
  expect(() => encodeAwarenessUpdate(a.awareness, [before + 1])).not.toThrow()
})

test('what a peer shows in another form is nobody', () => {
  const [a, b] = [device(), device()]
  join(a.awareness, b.awareness)
  for (const state of [
    {},
    { name: 'x' },
    { ...ada, actor: 'ada' },
    { ...ada, client: 7 },
    { ...ada, name: 'x'.repeat(201) },
  ]) {
    a.awareness.setLocalState(state)
    expect(b.presence.others()).toEqual([])
  }
})

test('a closed connection shows nobody, and the presence takes the next one', () => {
  const [a, b] = [device(), device()]
  join(a.awareness, b.awareness)
  a.presence.show(ada)
  a.connection.returned()
  b.connection.close()
  expect(b.presence.others()).toEqual([])
  b.presence.attach(b.awareness)
  expect(b.presence.others()).toEqual([ada])
})
