// An action is its id: on a server's index no second text comes under one, and nobody writes in another's session (LG6).
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Action } from '../schema/action.ts'
import { actionToText } from '../schema/action-text.ts'
import { type Admission, admitUpdate } from './admit-update.ts'
import { createLoggedIds } from './logged-ids.ts'
import { createSampleIndex } from './sample-index.ts'
import { sampleNow } from './sample-gate.ts'
import { createSampleSession, sampleId, type SampleSession } from './sample-session.ts'
import { takeStored } from './take-stored.ts'

const acme = sampleId('acme')
const [alice, mallory] = [sampleId('alice'), sampleId('mallory')]

function createServer(stored: readonly Uint8Array[] = []) {
  const { index } = createSampleIndex(stored)
  return (update: Uint8Array, actor: string, { founding = false } = {}): Admission => {
    const role = founding ? 'owner' : 'editor'
    const admission = admitUpdate(update, { actor, role, founding, known: index, now: sampleNow })
    if (admission.decision === 'accept') takeStored(index, update)
    return admission
  }
}

const firstOf = ({ doc }: SampleSession) => doc.getArray<string>('log').get(0)
const idOf = (text: string) => (JSON.parse(text) as Action).id
const actionOf = (change: Partial<Action> = {}): Action => ({
  v: 1,
  id: 'AAAAAAAAAAA.0',
  n: 1,
  at: sampleNow,
  by: alice,
  device: sampleId('laptop'),
  prev: null,
  entries: [{ kind: 'client.edited', subject: acme, name: 'Acme' }],
  ...change,
})

describe('an action id in the log', () => {
  test('[LG6] [AD4] the same text comes again, as a recovery sends it; another text is refused', () => {
    const offer = createServer()
    const writer = createSampleSession({ actor: alice })
    expect(offer(writer.addClient(acme, 'Acme'), alice).decision).toBe('accept')
    const text = firstOf(writer)
    const again = createSampleSession({ actor: alice })
    expect(offer(again.write({ text }), alice).decision).toBe('accept')
    const other = createSampleSession({ actor: alice })
    const entries = [{ kind: 'client.edited', subject: acme, name: 'Acme Dental' }]
    const second = other.write({ entries, action: { id: idOf(text) } })
    expect(offer(second, alice)).toMatchObject({ decision: 'refuse', code: 'log-changed' })
    expect(offer(writer.assignTier(acme, 'professional'), alice).decision).toBe('accept')
  })

  test('[LG6] [AD4] two texts under one new id are refused together', () => {
    const offer = createServer()
    const writer = createSampleSession({ actor: alice })
    const texts = ['Acme', 'Acme Dental'].map((name) =>
      actionToText(actionOf({ entries: [{ kind: 'client.edited', subject: acme, name }] })),
    )
    writer.doc.transact(() => writer.doc.getArray('log').push(texts))
    expect(offer(Y.encodeStateAsUpdate(writer.doc), alice)).toMatchObject({ decision: 'refuse', code: 'log-changed' })
  })

  test('[LG6] [AD4] nobody writes in the session of another actor, under no number', () => {
    const offer = createServer()
    const writer = createSampleSession({ actor: alice })
    offer(writer.addClient(acme, 'Acme'), alice)
    const [session] = idOf(firstOf(writer)).split('.')
    const entries = [{ kind: 'client.edited', subject: acme, name: 'Mine' }]
    for (const number of [0, 1, 7, 4_000_000_000]) {
      const forged = createSampleSession({ actor: mallory }).write({ entries, action: { id: `${session}.${number}` } })
      expect(offer(forged, mallory)).toMatchObject({ decision: 'refuse', code: 'forged-author' })
    }
    expect(offer(writer.assignTier(acme, 'professional'), alice).decision).toBe('accept')
  })

  test('[LG6] an index that was made of stored bytes knows them as well', () => {
    const writer = createSampleSession({ actor: alice })
    writer.addClient(acme, 'Acmé Dentistry')
    const offer = createServer([Y.encodeStateAsUpdate(writer.doc)])
    const id = idOf(firstOf(writer))
    const entries = [{ kind: 'client.edited', subject: acme, name: 'Acme' }]
    const second = createSampleSession({ actor: alice }).write({ entries, action: { id } })
    expect(offer(second, alice)).toMatchObject({ decision: 'refuse', code: 'log-changed' })
    const again = createSampleSession({ actor: alice }).write({ text: firstOf(writer) })
    expect(offer(again, alice).decision).toBe('accept')
  })

  test('[LG6] [AD7] a history that has two texts under one id is founded with both, and each may come again', () => {
    const offer = createServer()
    const texts = [actionOf(), actionOf({ by: mallory })].map(actionToText)
    for (const text of texts) {
      const owner = createSampleSession({ actor: alice })
      expect(offer(owner.write({ text }), alice, { founding: true }).decision).toBe('accept')
    }
    for (const [actor, text] of [
      [alice, texts[0]],
      [mallory, texts[1]],
    ] as const)
      expect(offer(createSampleSession({ actor }).write({ text: text ?? '' }), actor).decision).toBe('accept')
  })
})

describe('ids of a log', () => {
  test('[LG6] numbers may come in any order and be far apart, in little memory', () => {
    const ids = createLoggedIds()
    const numbers = [3, 0, 4_000_000_000, 70, 1, 60, 300, 2]
    for (const number of numbers) ids.note(actionToText(actionOf({ id: `AAAAAAAAAAA.${number}` })))
    for (const number of numbers) {
      const action = actionOf({ id: `AAAAAAAAAAA.${number}` })
      expect(ids.problemWith(action, actionToText(action))).toBeNull()
      expect(ids.problemWith(action, actionToText({ ...action, n: 2 }))).toBe('another-text')
    }
    expect(ids.problemWith(actionOf({ id: 'AAAAAAAAAAA.5' }), 'new')).toBeNull()
    expect(ids.state.get('AAAAAAAAAAA')?.near.length).toBeLessThan(500)
  })

  test('[LG6] an action that only looks like another one is taken for what it is', () => {
    const ids = createLoggedIds()
    const tail = '],"id":"BBBBBBBBBBB.0","n":1,"prev":null,"v":1}'
    // Unknown keys are kept (LG4), and stand where they are sorted.
    ids.note(
      actionToText({ ...actionOf(), zz: { entries: [], id: 'BBBBBBBBBBB.0', n: 1, prev: null, v: 1 } } as Action),
    )
    ids.note(actionToText(actionOf({ entries: [{ kind: 'client.edited', subject: acme, name: tail }] })))
    ids.note(actionToText({ ...actionOf(), aa: { at: 1, by: mallory } } as Action))
    expect([...ids.state.keys()]).toEqual(['AAAAAAAAAAA'])
    expect(ids.state.get('AAAAAAAAAAA')?.by).toBe(alice)
  })
})
