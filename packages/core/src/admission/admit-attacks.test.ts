// The attack corpus: what a hostile or broken device can send is refused before it touches a document.
import * as encoding from 'lib0/encoding'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodeSample, type SampleStruct } from './sample-bytes.ts'
import { createSampleGate, type SampleGate, sampleNow } from './sample-gate.ts'
import { createSampleSession, sampleId, type SampleSession } from './sample-session.ts'

const acme = sampleId('acme')
const bob = sampleId('bob')
const mallory = 666

let gate: SampleGate
let alice: SampleSession
beforeEach(() => {
  gate = createSampleGate()
  alice = createSampleSession({ clientId: 7 })
  gate.offer(alice.addClient(acme, 'Acme'))
})

const asMallory = (...structs: SampleStruct[]) => encodeSample({ sections: [{ client: mallory, clock: 0, structs }] })
/** Bob's action about Acme. */
const naming = () => createSampleSession({ actor: bob }).write({ entries: [{ kind: 'x.y', subject: acme }] })
const codeOf = (update: Uint8Array, sender: Parameters<SampleGate['judge']>[1] = { actor: bob }) => {
  const admission = gate.judge(update, sender)
  return admission.decision === 'refuse' ? admission.code : admission.decision
}

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
    const said = (bytes: number, sender: Parameters<SampleGate['judge']>[1]) => codeOf(sized(bytes), sender)
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

describe('described fields', () => {
  const edit = (fields: Record<string, Record<string, unknown>>, subject?: string) => {
    const session = createSampleSession({ actor: bob })
    session.pull(gate.doc)
    const entries = subject === undefined ? {} : { entries: [{ kind: 'x.y', subject }] }
    return codeOf(session.write({ fields, ...entries }))
  }

  test('[AD5] a field without an entry that names it is refused', () => {
    expect(edit({ clients: { [`${acme}/name`]: 'Mallory Inc' } })).toBe('unlogged-change')
    expect(edit({ clients: { [`${acme}/name`]: 'Mallory Inc' } }, sampleId('other'))).toBe('unlogged-change')
    expect(edit({ meta: { currency: 'XXX' } }, acme)).toBe('unlogged-change')
    expect(edit({ clients: { [`${acme}/name`]: 'Acme II' } }, acme)).toBe('accept')
  })

  test('[AD5] an entry of another session does not account for it', () => {
    const two = encodeSample({
      sections: [
        { client: 2, clock: 0, structs: [{ content: 'any', root: 'clients', key: `${acme}/x`, values: ['y'] }] },
        { client: 1, clock: 0, structs: [{ content: 'any', root: 'log', values: [alice.doc.getArray('log').get(0)] }] },
      ],
    })
    expect(codeOf(two, {})).toBe('unlogged-change')
  })

  test('[AD5] unknown roots, list elements in maps, long keys and odd values are refused', () => {
    expect(edit({ prices: { x: 1 } }, 'x')).toBe('unknown-root')
    expect(codeOf(asMallory({ content: 'any', root: 'clients', values: ['x'] }))).toBe('invalid-field')
    expect(edit({ clients: { [`${acme}/${'x'.repeat(200)}`]: 1 } }, acme)).toBe('invalid-field')
    expect(edit({ clients: { [`${acme}/x`]: Infinity } }, acme)).toBe('invalid-field')
    expect(edit({ clients: { [`${acme}/x`]: { a: 1 } } }, acme)).toBe('unsupported-content')
    expect(edit({ clients: { [`${acme}/x`]: new Uint8Array(3) } }, acme)).toBe('unsupported-content')
    expect(edit({ clients: { [`${acme}/x`]: 'x'.repeat(70_000) } }, acme)).toBe('too-large')
  })

  test('[AD5] fields are never deleted, only overwritten', () => {
    const session = createSampleSession({ actor: bob })
    session.pull(gate.doc)
    let update: Uint8Array = new Uint8Array()
    session.doc.once('update', (bytes: Uint8Array) => (update = bytes))
    session.doc.getMap('clients').delete(`${acme}/name`)
    expect(codeOf(update)).toBe('field-deleted')

    const field = gate.doc.getMap('clients')._map.get(`${acme}/name`)
    const action = Y.decodeUpdate(naming()).structs[0] as Y.Item
    const deadOverwrite = asMallory(
      { content: 'deleted', length: 1, ...(field ? { origin: field.id } : {}) },
      { content: 'any', root: 'log', values: action.content.getContent() },
    )
    expect(codeOf(deadOverwrite)).toBe('field-deleted')
  })

  test('[AD5] a struct whose neighbours live in different places is refused', () => {
    const clients = gate.doc.getMap('clients')._map.get(`${acme}/name`)
    const log = gate.doc.getArray('log')._start
    if (!clients || !log) throw new Error('the sample book is empty')
    expect(codeOf(asMallory({ content: 'any', values: ['x'], origin: clients.id, rightOrigin: log.id }))).toBe(
      'malformed',
    )
    // The other way round it would be one of the log's texts.
    const values = (Y.decodeUpdate(naming()).structs[0] as Y.Item).content.getContent()
    expect(codeOf(asMallory({ content: 'any', values, origin: log.id, rightOrigin: log.id }))).toBe('accept')
    expect(codeOf(asMallory({ content: 'any', values, origin: log.id, rightOrigin: clients.id }))).toBe('malformed')
  })

  test('[AD5] what continues a known struct lives where that does, whatever it claims', () => {
    const values = (Y.decodeUpdate(naming()).structs[0] as Y.Item).content.getContent()
    const report = JSON.stringify({ [acme]: sampleNow })
    expect(gate.offer(asMallory({ content: 'any', root: 'log', values }), { actor: bob }).decision).toBe('accept')
    // Yjs would put the second value behind the known text, in the log.
    expect(codeOf(asMallory({ content: 'any', root: 'activity', values: [report, report] }))).toBe('malformed')
  })

  test('[AD5] a field has a value, and no right neighbour that would put it before the one that counts', () => {
    const log = {
      content: 'any',
      values: (Y.decodeUpdate(naming()).structs[0] as Y.Item).content.getContent(),
    } as const
    const name = { content: 'any', root: 'clients', key: `${acme}/name` } as const
    const current = gate.doc.getMap('clients')._map.get(name.key)
    if (!current) throw new Error('the sample book is empty')
    expect(codeOf(asMallory({ ...name, values: ['x'] }, log))).toBe('accept')
    expect(codeOf(asMallory({ ...name, values: [undefined] }, log))).toBe('invalid-field')
    expect(codeOf(asMallory({ content: 'any', values: ['x'], rightOrigin: current.id }, log))).toBe('malformed')
  })

  test('[AD5] activity is a list: a report under a map key is refused', () => {
    const report = JSON.stringify({ [acme]: sampleNow })
    expect(codeOf(asMallory({ content: 'any', root: 'activity', values: [report] }))).toBe('accept')
    expect(codeOf(asMallory({ content: 'any', root: 'activity', key: 'x', values: [report] }))).toBe('invalid-field')
  })

  test('[AD5] activity is a whole number that only moves forward, at most a day ahead', () => {
    const feed = createSampleSession()
    gate.offer(feed.reportActivity(acme, sampleNow))
    const replaced = createSampleSession()
    replaced.pull(gate.doc)
    expect(codeOf(replaced.replaceReports({ [acme]: sampleNow - 1 }), {})).toBe('invalid-field')
    const other = createSampleSession()
    other.pull(gate.doc)
    expect(codeOf(other.replaceReports({ [sampleId('x')]: sampleNow }), {})).toBe('invalid-field')
    const removed = createSampleSession()
    removed.pull(gate.doc)
    expect(codeOf(removed.write({ replaces: 1 }), {})).toBe('invalid-field')
    for (const report of [
      { [acme]: 'now' },
      { [acme]: 1.5 },
      { [acme]: -1 },
      { acme: sampleNow },
      [sampleNow],
      { [sampleId('x')]: sampleNow + 25 * 3_600_000 },
    ]) {
      expect(codeOf(createSampleSession().write({ reports: [JSON.stringify(report)] }), {})).toBe('invalid-field')
    }
    for (const report of [sampleNow, 'now', null, true])
      expect(codeOf(createSampleSession().write({ reports: [report] }), {})).toBe('invalid-field')
    expect(edit({ activity: { [acme]: sampleNow } })).toBe('invalid-field')
  })
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

test('[AD1] the test bytes are what Yjs writes', () => {
  const text = alice.doc.getArray<string>('log').get(0)
  const doc = new Y.Doc()
  doc.clientID = mallory
  doc.getArray('log').push([text])
  expect(asMallory({ content: 'any', root: 'log', values: [text] })).toEqual(Y.encodeStateAsUpdate(doc))
  expect(encoding.toUint8Array(encoding.createEncoder())).toHaveLength(0)
})
