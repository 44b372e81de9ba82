// The honest corpus: what devices that keep the rules can send is taken, however it was merged, relayed or delayed.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createSampleGate, sampleNow } from './sample-gate.ts'
import { createSampleSession, sampleId, type SampleSession } from './sample-session.ts'

const acme = sampleId('acme')
const bob = sampleId('bob')

function textsOf(doc: Y.Doc): string[] {
  return doc.getArray<string>('log').toArray()
}

describe('single edits', () => {
  test('[AD4] an action with its described fields is accepted and binds its client id', () => {
    const gate = createSampleGate()
    const alice = createSampleSession()
    const admission = gate.offer(alice.addClient(acme, 'Acme'))
    expect(admission).toMatchObject({ decision: 'accept', largestN: 1 })
    expect(gate.bindings.get(alice.doc.clientID)).toBe(alice.actor)
    expect(textsOf(gate.doc)).toEqual(textsOf(alice.doc))
  })

  test('[AD5] an overwrite deletes the value before it and is accepted', () => {
    const gate = createSampleGate()
    const alice = createSampleSession()
    gate.offer(alice.addClient(acme, 'Acme'))
    expect(gate.offer(alice.renameClient(acme, 'Acme Dental')).decision).toBe('accept')
    expect(gate.offer(alice.renameClient(acme, 'Acme Dental Ltd')).decision).toBe('accept')
    expect(gate.doc.getMap('clients').get(`${acme}/name`)).toBe('Acme Dental Ltd')
  })

  test('[AD2] an accepted update says whether all its structs are new, and where its deletes begin', () => {
    const gate = createSampleGate()
    const alice = createSampleSession()
    expect(gate.offer(alice.addClient(acme, 'Acme'))).toMatchObject({ isAllNew: true })
    expect(gate.offer(alice.addClient(bob, 'Bob & Co'))).toMatchObject({ isAllNew: true })
    const renamed = alice.renameClient(acme, 'Acme Dental')
    const known = gate.offer(renamed) as { isAllNew: boolean; deletesAt: number }
    expect(known.isAllNew).toBe(true)
    // Behind the structs, one client id has one range of one element: the first clock's number is small, the client id's takes up to five bytes.
    expect(renamed[known.deletesAt]).toBe(1)
    expect([...renamed.subarray(-2)]).toEqual([0, 1])
    expect(renamed.length - known.deletesAt).toBeLessThanOrEqual(9)
    const behind = createSampleGate()
    behind.offer(Y.encodeStateAsUpdate(alice.doc))
    alice.addClient(sampleId('more'), 'More')
    expect(behind.offer(Y.encodeStateAsUpdate(alice.doc))).toMatchObject({ decision: 'accept', isAllNew: false })
    expect(textsOf(behind.doc)).toEqual(textsOf(alice.doc))
  })

  test('[AD5] activity needs no entry and moves forward', () => {
    const gate = createSampleGate()
    const feed = createSampleSession()
    expect(gate.offer(feed.reportActivity(acme, sampleNow - 5)).decision).toBe('accept')
    expect(gate.offer(feed.reportActivity(acme, sampleNow)).decision).toBe('accept')
  })

  test('[AD5] a report takes the place of those that it covers, in the update that deletes them or in one frame with them', () => {
    const gate = createSampleGate()
    const late = createSampleGate()
    const feed = createSampleSession()
    gate.offer(feed.reportActivity(acme, sampleNow - 5))
    gate.offer(feed.reportActivity(bob, sampleNow - 3))
    expect(gate.offer(feed.replaceReports({ [acme]: sampleNow, [bob]: sampleNow - 3 })).decision).toBe('accept')
    expect(gate.offer(feed.replaceReports({ [acme]: sampleNow, [bob]: sampleNow })).decision).toBe('accept')
    expect(gate.doc.getArray('activity').length).toBe(1)
    expect(late.offer(Y.encodeStateAsUpdate(feed.doc)).decision).toBe('accept')
    expect(contents(late.doc)).toEqual(contents(gate.doc))
  })

  test('[AD5] two feeds that replace the same reports at once are both honest, and nothing is lost', () => {
    const gate = createSampleGate()
    const [feed, other] = [createSampleSession(), createSampleSession({ actor: bob })]
    gate.offer(feed.reportActivity(acme, sampleNow - 5))
    other.pull(feed.doc)
    const updates = [feed.replaceReports({ [acme]: sampleNow - 1 }), other.replaceReports({ [acme]: sampleNow - 2 })]
    const decisions = updates.map((update, place) => gate.offer(update, place === 0 ? {} : { actor: bob }).decision)
    expect(decisions).toEqual(['accept', 'accept'])
    expect(gate.doc.getArray('activity').length).toBe(2)
  })

  test('[AD4] unknown kinds and fields of a newer version pass as they are', () => {
    const gate = createSampleGate()
    const alice = createSampleSession()
    const update = alice.write({ entries: [{ kind: 'price.revised', subject: acme, amount: 5 }], action: { v: 2 } })
    expect(gate.offer(update).decision).toBe('accept')
  })
})

describe('what brings nothing', () => {
  test('[AD1] an update sent twice is ignored the second time', () => {
    const gate = createSampleGate()
    const alice = createSampleSession()
    const update = alice.addClient(acme, 'Acme')
    gate.offer(update)
    expect(gate.offer(update)).toEqual({ decision: 'nothing-new' })
  })

  test('[AD6] a viewer whose sync carries only known structs and deletes is not refused', () => {
    const gate = createSampleGate()
    const alice = createSampleSession()
    gate.offer(alice.addClient(acme, 'Acme'))
    gate.offer(alice.renameClient(acme, 'Acme Dental'))
    const viewer = createSampleSession({ actor: bob })
    viewer.pull(gate.doc)
    const sync = Y.encodeStateAsUpdate(viewer.doc, Y.encodeStateVector(gate.doc))
    expect(gate.offer(sync, { actor: bob, role: 'viewer' })).toEqual({ decision: 'nothing-new' })
  })
})

describe('merges', () => {
  test.each([{ gc: true }, { gc: false }])('[AD5] a long offline session arrives in one frame, gc $gc', ({ gc }) => {
    const gate = createSampleGate()
    const alice = createSampleSession({ gc })
    gate.offer(alice.addClient(acme, 'Acme'))
    for (let i = 0; i < 50; i++) {
      alice.renameClient(acme, `Acme ${i}`)
      alice.reportActivity(acme, sampleNow - 1000 + i)
      alice.addClient(sampleId(`c${i}`), `Client ${i}`)
    }
    const sync = Y.encodeStateAsUpdate(alice.doc, Y.encodeStateVector(gate.doc))
    expect(gate.offer(sync).decision).toBe('accept')
    expect(contents(gate.doc)).toEqual(contents(alice.doc))
    expect(textsOf(gate.doc)).toEqual(textsOf(alice.doc))
  })

  test('[AD2] a tab that relays another tab of the same actor is asked to sync, then taken', () => {
    const gate = createSampleGate()
    const tabA = createSampleSession()
    tabA.addClient(acme, 'Acme')
    const tabB = createSampleSession()
    tabB.pull(tabA.doc)
    expect(gate.offer(tabB.renameClient(acme, 'Acme B'))).toMatchObject({
      decision: 'gap',
      missing: { client: tabA.doc.clientID },
    })
    expect(gate.offer(Y.encodeStateAsUpdate(tabB.doc, Y.encodeStateVector(gate.doc))).decision).toBe('accept')
    expect(gate.doc.getMap('clients').get(`${acme}/name`)).toBe('Acme B')
  })

  test('[AD7] an owner founds a book with the history of several actors, whole or in frames', () => {
    const alice = createSampleSession()
    alice.addClient(acme, 'Acme')
    const firstFrame = Y.encodeStateAsUpdate(alice.doc)
    const bobs = createSampleSession({ actor: bob })
    bobs.pull(alice.doc)
    bobs.renameClient(acme, 'Acme Bob')
    const secondFrame = Y.encodeStateAsUpdate(bobs.doc, Y.encodeStateVectorFromUpdate(firstFrame))
    alice.pull(bobs.doc)
    alice.assignTier(acme, 'enterprise')
    const founding = { role: 'owner', founding: true } as const

    const whole = createSampleGate()
    expect(whole.offer(Y.encodeStateAsUpdate(alice.doc), founding).decision).toBe('accept')
    const inFrames = createSampleGate()
    for (const frame of [firstFrame, secondFrame, Y.encodeStateAsUpdate(alice.doc, Y.encodeStateVector(bobs.doc))]) {
      expect(inFrames.offer(frame, founding).decision).toBe('accept')
    }
    for (const { bindings, doc } of [whole, inFrames]) {
      expect(bindings.get(bobs.doc.clientID)).toBe(bob)
      expect(bindings.get(alice.doc.clientID)).toBe(alice.actor)
      expect(textsOf(doc)).toEqual(textsOf(alice.doc))
    }
  })
})

describe('random honest devices', () => {
  const step = fc.record({
    device: fc.nat(3),
    kind: fc.constantFrom('add', 'rename', 'assign', 'activity', 'tier', 'online', 'offline', 'resync', 'peer'),
    client: fc.nat(3),
    value: fc.nat(1000),
  })

  test('[AD1] [AD5] nothing is ever refused, gaps heal by one sync, and all converge', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const gate = createSampleGate()
        const actors = ['alice', 'alice', 'bob', 'carol'].map(sampleId)
        const devices = actors.map((actor, i) => ({
          session: createSampleSession({ actor, gc: i !== 2 }),
          online: true,
        }))
        const sync = (session: SampleSession) => {
          const update = Y.encodeStateAsUpdate(session.doc, Y.encodeStateVector(gate.doc))
          const { decision } = gate.offer(update, { actor: session.actor })
          expect(['accept', 'nothing-new']).toContain(decision)
          session.pull(gate.doc)
        }
        for (const { device, kind, client, value } of steps) {
          const at = devices[device]
          if (!at) continue
          const { session } = at
          if (kind === 'online' || kind === 'resync') {
            at.online = true
            sync(session)
          } else if (kind === 'offline') at.online = false
          else if (kind === 'peer') {
            // Two tabs of one actor exchange what the server has not seen.
            devices[0]?.session.pull(devices[1]?.session.doc ?? session.doc)
          } else {
            const update = honestEdit(session, kind, sampleId(`client${client}`), value)
            if (!at.online || update.length === 0) continue
            const { decision } = gate.offer(update, { actor: session.actor })
            expect(['accept', 'nothing-new', 'gap']).toContain(decision)
            if (decision === 'gap') sync(session)
          }
        }
        for (const { session } of devices) sync(session)
        for (const { session } of devices) session.pull(gate.doc)
        for (const { session } of devices) expect(contents(session.doc)).toEqual(contents(gate.doc))
      }),
      { numRuns: 300, seed: 20_261_122 },
    )
  })
})

function honestEdit(session: SampleSession, kind: string, client: string, value: number): Uint8Array {
  switch (kind) {
    case 'add':
      return session.addClient(client, `Client ${value}`)
    case 'rename':
      return session.renameClient(client, `Renamed ${value}`)
    case 'assign':
      return session.assignTier(client, value % 2 === 0 ? 'professional' : 'enterprise')
    case 'tier':
      return session.write({
        fields: { tiers: { 'starter/name': `Starter ${value}`, 'starter/rank': value }, meta: { currency: 'EUR' } },
        entries: [
          { kind: 'tier.edited', subject: 'starter', name: `Starter ${value}`, rank: value },
          { kind: 'book.edited', subject: 'book', currency: 'EUR' },
        ],
      })
    default: {
      const at = sampleNow - 1000 + value
      if (value % 3 > 0) return session.reportActivity(client, at)
      const latest: Record<string, number> = { [client]: at }
      for (const text of session.doc.getArray<string>('activity').toArray()) {
        for (const [id, then] of Object.entries(JSON.parse(text) as Record<string, number>))
          latest[id] = Math.max(latest[id] ?? 0, then)
      }
      return session.replaceReports(latest)
    }
  }
}

function contents(doc: Y.Doc): unknown {
  const roots = ['meta', 'clients', 'tiers'] as const
  return [
    doc.getArray('log').toJSON(),
    doc.getArray('activity').toJSON(),
    ...roots.map((root) => doc.getMap(root).toJSON()),
  ]
}
