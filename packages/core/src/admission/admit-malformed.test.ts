// The attack corpus: bytes that are no update, or that run ahead of what is there, are refused before they touch a document.
import * as encoding from 'lib0/encoding'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { acme, asMallory, type AttackedBook, bob, mallory, openAttackedBook } from './sample-attack.ts'
import { encodeSample, type SampleStruct } from './sample-bytes.ts'
import { createSampleSession } from './sample-session.ts'

let gate: AttackedBook['gate']
let alice: AttackedBook['alice']
let codeOf: AttackedBook['codeOf']
beforeEach(() => {
  ;({ gate, alice, codeOf } = openAttackedBook())
})

describe('what is no update', () => {
  test('[AD1] an update cut at any byte, or with a byte more, is refused', () => {
    const update = alice.renameClient(acme, 'Acme Dental')
    for (let length = 0; length < update.length; length++) {
      expect(['malformed', 'nothing-new', 'unlogged-change'], `cut at ${length}`).toContain(
        codeOf(update.slice(0, length), {}),
      )
    }
    expect(codeOf(Uint8Array.from([...update, 0]), {})).toBe('malformed')
    expect(codeOf(new Uint8Array(), {})).toBe('malformed')
  })

  test('[F35] declared sizes are not believed', () => {
    const claims = [
      [1, 0xff, 0xff, 0xff, 0x7f, 1, 0],
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0, 0xff, 0xff, 0x3f],
      [1, 1, 1, 0, 0x28, 1, 3, 108, 111, 103, 0xff, 0xff, 0xff, 0x7f],
    ]
    for (const bytes of claims) expect(['malformed', 'too-large']).toContain(codeOf(Uint8Array.from(bytes)))
  })

  test('[F35] deep nesting is refused at its first level', () => {
    let nested: unknown = 1
    for (let i = 0; i < 1000; i++) nested = [nested]
    expect(codeOf(asMallory({ content: 'any', root: 'log', values: [nested] }))).toBe('unsupported-content')
    const deepText = `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect(codeOf(asMallory({ content: 'any', root: 'log', values: [deepText] }))).toBe('invalid-action')
  })

  test('[F35] an update has at most 16 MiB, and 64 MiB where an owner founds a book', () => {
    const founding = { actor: bob, role: 'owner', founding: true } as const
    const sized = (bytes: number) => new Uint8Array(bytes)
    const said = (bytes: number, sender: Parameters<AttackedBook['gate']['judge']>[1]) => codeOf(sized(bytes), sender)
    expect(said(16 * 2 ** 20, { actor: bob })).toBe('malformed')
    expect(said(16 * 2 ** 20 + 1, { actor: bob })).toBe('too-large')
    expect(said(16 * 2 ** 20 + 1, { ...founding, role: 'editor' })).toBe('too-large')
    expect(said(64 * 2 ** 20, founding)).toBe('malformed')
    expect(said(64 * 2 ** 20 + 1, founding)).toBe('too-large')
  })

  test('[F35] clocks and lengths near 2^53 are refused', () => {
    expect(codeOf(encodeSample({ sections: [{ client: 1, clock: 2 ** 52, structs: [] }] }))).toBe('too-large')
    expect(codeOf(asMallory({ content: 'deleted', length: 2 ** 52, root: 'clients', key: `${acme}/name` }))).toBe(
      'too-large',
    )
  })

  test('[F35] lengths add up to no larger clock, and sections to no more structs than one may have', () => {
    const skip = { content: 'skip', length: 1 } as const
    expect(codeOf(encodeSample({ sections: [{ client: 1, clock: 2 ** 40, structs: [skip] }] }))).toBe('too-large')
    const structs = Array<SampleStruct>(500_001).fill(skip)
    const sections = [1, 2].map((client) => ({ client, clock: 0, structs }))
    expect(codeOf(encodeSample({ sections }))).toBe('too-large')
    expect(codeOf(encodeSample({ sections: sections.slice(1) }))).toBe('nothing-new')
  })

  test('[AD1] text that is not UTF-8 is refused', () => {
    const bytes = asMallory({ content: 'any', root: 'log', values: ['AB'] })
    const cut = bytes.indexOf(0x41)
    bytes[cut] = 0xff
    expect(codeOf(bytes)).toBe('malformed')
  })

  test('[AD1] one client id in two sections is refused: Yjs would apply the last only', () => {
    const section = { client: mallory, clock: 0, structs: [{ content: 'skip', length: 1 }] } as const
    expect(codeOf(encodeSample({ sections: [section, section] }))).toBe('malformed')
  })

  test('[AD1] structs that depend on each other in a circle, on themselves or on later ones are refused', () => {
    const circle = encodeSample({
      sections: [
        { client: 2, clock: 0, structs: [{ content: 'any', values: ['x'], origin: { client: 1, clock: 0 } }] },
        { client: 1, clock: 0, structs: [{ content: 'any', values: ['x'], origin: { client: 2, clock: 0 } }] },
      ],
    })
    expect(codeOf(circle)).toBe('malformed')
    expect(codeOf(asMallory({ content: 'any', values: ['x'], origin: { client: mallory, clock: 0 } }))).toBe(
      'malformed',
    )
    expect(codeOf(asMallory({ content: 'any', values: ['x'], rightOrigin: { client: mallory, clock: 9 } }))).toBe(
      'malformed',
    )
  })

  test('[AD1] random bytes and mutated updates never throw, and what is accepted applies whole', () => {
    const update = alice.renameClient(acme, 'Acme Dental')
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(update.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const mutated = update.slice()
        for (const [at, value] of changes) mutated[at] = value
        const admission = gate.judge(mutated)
        if (admission.decision !== 'accept') return
        const doc = new Y.Doc()
        Y.applyUpdate(doc, Y.encodeStateAsUpdate(gate.doc))
        Y.applyUpdate(doc, mutated)
        expect(doc.store.pendingStructs).toBeNull()
        expect(doc.store.pendingDs).toBeNull()
        for (const [client, clock] of admission.clocks) expect(Y.getState(doc.store, client)).toBe(clock)
      }),
      { numRuns: 3000, seed: 35 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void gate.judge(bytes)),
      { numRuns: 3000, seed: 36 },
    )
  })
})

describe('what runs ahead', () => {
  test('[F34] [AD2] an update whose dependencies are missing is a gap', () => {
    const stranger = createSampleSession({ actor: bob })
    stranger.addClient(acme, 'Acme')
    expect(gate.judge(stranger.assignTier(acme, 'enterprise'), { actor: bob })).toEqual({
      decision: 'gap',
      missing: { client: stranger.doc.clientID, clock: 0 },
    })
    expect(codeOf(asMallory({ content: 'any', values: ['x'], origin: { client: 99, clock: 5 } }))).toBe('gap')
  })

  test('[F32] GC structs cannot pre-empt a colleague’s clocks', () => {
    const victim = encodeSample({ sections: [{ client: 7, clock: 0, structs: [{ content: 'gc', length: 1000 }] }] })
    expect(codeOf(victim)).toBe('unsupported-content')
  })

  test('[F32] [AD3] nor can any other struct under a client id of somebody else', () => {
    const clock = gate.judge(alice.assignTier(acme, 'professional'))
    expect(clock.decision).toBe('accept')
    const end = Y.getState(gate.doc.store, 7)
    const deleted = { content: 'deleted', length: 50, root: 'clients', key: `${acme}/name` } as const
    expect(codeOf(encodeSample({ sections: [{ client: 7, clock: end, structs: [deleted] }] }))).toBe(
      'foreign-client-id',
    )
  })

  test('[F33] deletes of what does not exist yet are a gap, never stored', () => {
    expect(codeOf(encodeSample({ deletes: [{ client: 7, from: 500, length: 10 }] }))).toBe('gap')
  })
})

test('[AD1] the test bytes are what Yjs writes', () => {
  const text = alice.doc.getArray<string>('log').get(0)
  const doc = new Y.Doc()
  doc.clientID = mallory
  doc.getArray('log').push([text])
  expect(asMallory({ content: 'any', root: 'log', values: [text] })).toEqual(Y.encodeStateAsUpdate(doc))
  expect(encoding.toUint8Array(encoding.createEncoder())).toHaveLength(0)
})
