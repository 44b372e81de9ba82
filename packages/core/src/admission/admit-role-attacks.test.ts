// The attack corpus: who may write at all, and who may bring what others wrote.
import { beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { acme, type AttackedBook, bob, openAttackedBook } from './sample-attack.ts'
import { encodeSample } from './sample-bytes.ts'
import { createSampleGate } from './sample-gate.ts'
import { createSampleSession } from './sample-session.ts'

let gate: AttackedBook['gate']
let alice: AttackedBook['alice']
let codeOf: AttackedBook['codeOf']
beforeEach(() => {
  ;({ gate, alice, codeOf } = openAttackedBook())
})

describe('who may write', () => {
  test('[AD6] a viewer’s new struct or delete is refused', () => {
    const viewer = createSampleSession({ actor: bob })
    viewer.pull(gate.doc)
    expect(codeOf(viewer.assignTier(acme, 'enterprise'), { actor: bob, role: 'viewer' })).toBe('read-only')
    expect(codeOf(encodeSample({ deletes: [{ client: 7, from: 0, length: 1 }] }), { actor: bob, role: 'viewer' })).toBe(
      'read-only',
    )
  })

  test('[AD7] only an owner founds a book with others’ actions', () => {
    const empty = createSampleGate()
    const history = Y.encodeStateAsUpdate(alice.doc)
    for (const role of ['editor', 'owner'] as const) {
      expect(empty.judge(history, { actor: bob, role, founding: role === 'editor' })).toMatchObject({
        code: 'forged-author',
      })
    }
    expect(empty.judge(history, { actor: bob, role: 'owner', founding: true }).decision).toBe('accept')
  })
})
