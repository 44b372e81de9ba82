import * as encoding from 'lib0/encoding'
import { expect, test } from 'vitest'
import { createPresence } from './presence.ts'

const ada = { actor: 'ada' }
const yes = () => true
const from = (node: string, heardAt = 0) => ({ node, heardAt })

function states(client: number, clock: number, state: unknown): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const number of [1, client, clock]) encoding.writeVarUint(encoder, number)
  encoding.writeVarString(encoder, JSON.stringify(state))
  return encoding.toUint8Array(encoder)
}
const shown = (client: number, clock: number, { actor = 'ada', state = '{}' } = {}) => ({ client, clock, actor, state })

test('what is heard from another server is shown, is not this server’s own to tell on, and is news once', () => {
  const presence = createPresence<{ actor: string }>()
  expect(presence.hear(from('one'), [shown(7, 1)], yes)).toEqual([shown(7, 1)])
  expect(presence.hear(from('one'), [shown(7, 1)], yes)).toEqual([])
  expect(presence.own()).toEqual([])
  expect(presence.all()).toEqual([shown(7, 1)])
})

test('[AD6] nobody on another server sets, replaces or takes down what another person shows here', () => {
  const presence = createPresence<{ actor: string }>()
  presence.take(ada, states(7, 1, {}), yes)
  const attempts = [
    shown(7, 9, { actor: 'eve' }),
    shown(7, 9, { actor: 'eve', state: 'null' }),
    shown(7, 1, { state: 'null' }),
    shown(8, 1, { actor: 'eve', state: '{"actor":"ada"}' }),
  ]
  expect(presence.hear(from('one'), attempts, yes)).toEqual([])
  expect(presence.hear(from('one'), [shown(9, 1)], () => false)).toEqual([])
  expect(presence.all()).toEqual([shown(7, 1)])
})

test('who moves to another server under a later clock is shown from there, and the former one cannot take them down', () => {
  const presence = createPresence<{ actor: string }>()
  presence.take(ada, states(7, 1, {}), yes)
  presence.hear(from('one'), [shown(7, 2)], yes)
  expect(presence.leave(ada)).toEqual([])
  presence.hear(from('two'), [shown(7, 3)], yes)
  expect(presence.hear(from('one'), [shown(7, 2, { state: 'null' })], yes)).toEqual([])
  expect(presence.all()).toEqual([shown(7, 3)])
  // And back here.
  expect(presence.take(ada, states(7, 4, {}), yes)).toEqual([shown(7, 4)])
  expect(presence.own()).toEqual([shown(7, 4)])
})

test('[F39] who left on another server does not come to life by an echo or by a late hint', () => {
  const presence = createPresence<{ actor: string }>()
  presence.hear(from('one'), [shown(7, 3)], yes)
  expect(presence.hear(from('one'), [shown(7, 3, { state: 'null' })], yes)).toEqual([shown(7, 3, { state: 'null' })])
  expect(presence.hear(from('one'), [shown(7, 3)], yes)).toEqual([])
  expect(presence.take(ada, states(7, 3, {}), yes)).toEqual([])
})

test('what was heard is over when its server is, or when it was not renewed; the server’s own people stay', () => {
  const presence = createPresence<{ actor: string }>()
  presence.take(ada, states(1, 1, {}), yes)
  presence.hear(from('one', 1_000), [shown(7, 1)], yes)
  presence.hear(from('two', 1_000), [shown(8, 1)], yes)
  presence.hear(from('two', 9_000), [shown(8, 2)], yes)
  expect(presence.dropElsewhere(({ heardAt }) => heardAt < 5_000)).toEqual([shown(7, 1, { state: 'null' })])
  expect(presence.dropElsewhere(({ node }) => node === 'two')).toEqual([shown(8, 2, { state: 'null' })])
  expect(presence.all()).toEqual([shown(1, 1)])
})
