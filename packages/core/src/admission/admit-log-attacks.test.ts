// The attack corpus: the log only grows, by texts of valid actions in the sender's own name.
import { beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { acme, asMallory, type AttackedBook, bob, openAttackedBook } from './sample-attack.ts'
import { createSampleSession, sampleId } from './sample-session.ts'

let gate: AttackedBook['gate']
let alice: AttackedBook['alice']
let codeOf: AttackedBook['codeOf']
beforeEach(() => {
  ;({ gate, alice, codeOf } = openAttackedBook())
})

describe('the log', () => {
  test('[F38] [AD4] nothing in it is deleted, known or new', () => {
    const undo = new Y.UndoManager(alice.doc.getArray('log'))
    gate.offer(alice.assignTier(acme, 'enterprise'))
    let update: Uint8Array = new Uint8Array()
    alice.doc.once('update', (bytes: Uint8Array) => (update = bytes))
    undo.undo()
    expect(codeOf(update, {})).toBe('log-changed')
    expect(codeOf(asMallory({ content: 'deleted', root: 'log' }))).toBe('log-changed')
    const own = createSampleSession({ actor: bob })
    own.assignTier(acme, 'starter')
    own.doc.getArray('log').delete(0)
    expect(codeOf(Y.encodeStateAsUpdate(own.doc))).toBe('log-changed')
  })

  test('[AD4] no map keys, no nested types, no numbers, no rich text', () => {
    expect(codeOf(asMallory({ content: 'any', root: 'log', key: 'x', values: ['{}'] }))).toBe('log-changed')
    expect(codeOf(asMallory({ content: 'type', root: 'log' }))).toBe('unsupported-content')
    expect(codeOf(asMallory({ content: 'string', root: 'log' }))).toBe('unsupported-content')
    expect(codeOf(asMallory({ content: 'any', parent: { client: 7, clock: 0 }, values: ['x'] }))).toBe(
      'unsupported-content',
    )
    for (const value of [1, null, true])
      expect(codeOf(asMallory({ content: 'any', root: 'log', values: [value] }))).toBe('log-changed')
  })

  test('[AD4] only canonical texts of valid actions', () => {
    const entry = { kind: 'tier.assigned', subject: acme, tier: 'starter', effectiveOn: '2026-12-01', after: [] }
    const judgeText = (text: string) => codeOf(createSampleSession({ actor: bob }).write({ text }))
    const good = JSON.parse(alice.doc.getArray<string>('log').get(0)) as object
    for (const text of ['', 'x', '[]', '{"v":1}', '1e999', JSON.stringify({ ...good, entries: [entry] }, null, 1)]) {
      expect(judgeText(text), text).toBe('invalid-action')
    }
    const wrongBody = { entries: [{ ...entry, effectiveOn: '2026-02-31' }] }
    expect(codeOf(createSampleSession({ actor: bob }).write(wrongBody))).toBe('invalid-action')
    expect(codeOf(createSampleSession({ actor: bob }).write({ entries: [] }))).toBe('invalid-action')
  })

  test('[AD4] nobody writes in another’s name', () => {
    const forged = createSampleSession({ actor: alice.actor })
    expect(codeOf(forged.assignTier(acme, 'starter'))).toBe('forged-author')
  })

  test('[AD6] [LG6] only owners revoke the devices of others', () => {
    const revoking = (whose: string) =>
      createSampleSession({ actor: bob }).write({
        entries: [{ kind: 'device.revoked', subject: sampleId('laptop'), actor: whose, heads: {} }],
      })
    expect(codeOf(revoking(alice.actor))).toBe('not-allowed')
    expect(codeOf(revoking(bob))).toBe('accept')
    expect(codeOf(revoking(alice.actor), { actor: bob, role: 'owner' })).toBe('accept')
  })

  test('[AD4] a new text is not deleted by the update that brings it, whether its content is kept or collected', () => {
    const entries = [{ kind: 'x.y', subject: acme }]
    for (const gc of [true, false]) {
      const session = createSampleSession({ actor: bob, gc })
      session.write({ entries })
      session.doc.getArray('log').delete(0)
      expect(codeOf(Y.encodeStateAsUpdate(session.doc)), `gc ${gc}`).toBe('log-changed')
    }
  })

  test('[AD4] an action of a newer version is opaque, but has no more levels and bytes than any other', () => {
    const judgeNested = (levels: number) => {
      let nested: unknown = 1
      for (let i = 0; i < levels; i++) nested = [nested]
      const entries = [{ kind: 'x.y', subject: acme, nested }]
      return codeOf(createSampleSession({ actor: bob }).write({ entries, action: { v: 2 } }))
    }
    // The action, its list of entries and the entry are three levels of the sixteen.
    expect(judgeNested(13)).toBe('accept')
    expect(judgeNested(14)).toBe('invalid-action')
    for (const [letter, times] of [
      ['x', 262_144],
      ['ü', 131_072],
    ] as const) {
      const entries = [{ kind: 'x.y', subject: acme, text: letter.repeat(times) }]
      const admission = gate.judge(createSampleSession({ actor: bob }).write({ entries }), { actor: bob })
      expect(admission).toMatchObject({
        code: 'too-large',
        message: expect.stringContaining('at most 262144 bytes') as string,
      })
    }
  })

  test('[AD4] counters stay within 2^20 of the largest', () => {
    const at = (n: number) =>
      codeOf(createSampleSession({ actor: bob }).write({ entries: [{ kind: 'x.y', subject: acme }], action: { n } }))
    expect(at(1 + 2 ** 20)).toBe('accept')
    expect(at(2 + 2 ** 20)).toBe('counter-too-far')
    expect(at(Number.MAX_SAFE_INTEGER)).toBe('counter-too-far')
  })
})
