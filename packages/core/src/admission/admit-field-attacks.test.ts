// The attack corpus: fields change only with an entry that names them, and are overwritten, never deleted.
import { beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { acme, asMallory, type AttackedBook, bob, naming, openAttackedBook } from './sample-attack.ts'
import { encodeSample } from './sample-bytes.ts'
import { sampleNow } from './sample-gate.ts'
import { createSampleSession, sampleId } from './sample-session.ts'

let gate: AttackedBook['gate']
let alice: AttackedBook['alice']
let codeOf: AttackedBook['codeOf']
beforeEach(() => {
  ;({ gate, alice, codeOf } = openAttackedBook())
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
