import { expect, test } from 'vitest'
import type { joinServer } from '#lib/remote/api.ts'
import { joinAs } from './join-as.ts'

const request = { invite: 'i', actor: { id: 'ada', name: 'Ada' }, device: { id: 'd' }, token: 't' }
const mintId = () => 'fresh'

/** A server whose book knows `taken`, and the actors that asked it. */
function serverThatKnows(taken: readonly string[]) {
  const asked: string[] = []
  const join: typeof joinServer = async ({ actor }) => {
    asked.push(actor.id)
    return taken.includes(actor.id)
      ? { ok: false, code: 'actor-taken', message: 'taken' }
      : { ok: true, value: { token: `for ${actor.id}`, book: 'b', role: 'editor' } }
  }
  return { join, asked }
}

test('a device joins under its own actor', async () => {
  const { join, asked } = serverThatKnows([])
  expect(await joinAs(request, { join, mintId })).toMatchObject({
    actor: 'ada',
    answer: { value: { token: 'for ada' } },
  })
  expect(asked).toEqual(['ada'])
})

test('where its actor is taken it joins once more, as a new person', async () => {
  const { join, asked } = serverThatKnows(['ada'])
  expect(await joinAs(request, { join, mintId })).toMatchObject({
    actor: 'fresh',
    answer: { value: { token: 'for fresh' } },
  })
  expect(asked).toEqual(['ada', 'fresh'])
})

test('any other refusal is handed on', async () => {
  const join: typeof joinServer = async () => ({ ok: false, code: 'invite-expired', message: 'late' })
  expect(await joinAs(request, { join, mintId })).toEqual({
    actor: 'ada',
    answer: { ok: false, code: 'invite-expired', message: 'late' },
  })
})
