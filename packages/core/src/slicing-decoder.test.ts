// Rows read with texts as slices, held against Yjs' own decoder: whole, cut and with each of their bytes changed.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { SlicingDecoder } from './slicing-decoder.ts'

test('[F5] a row gives the document that Yjs gives: texts beyond ASCII, marks of byte order, empty ones, and values of every kind', () => {
  const row = rowOfEverything()
  expect(readWith(row, SlicingDecoder)).toEqual(readWith(row, Y.UpdateDecoderV1))
  expect(readWith(row, SlicingDecoder)).toMatchObject({ clients: { 'c1/name': 'Zürich Dental', 'c1/note': '' } })
})

test('[F5] what a changed or cut row gives, or fails with, is what Yjs gives', () => {
  const row = rowOfEverything()
  let failures = 0
  const compare = (damaged: Uint8Array) => {
    const [ours, theirs] = [readWith(damaged, SlicingDecoder), readWith(damaged, Y.UpdateDecoderV1)]
    expect(ours).toEqual(theirs)
    if (theirs === 'failed') failures += 1
  }
  for (let at = 0; at < row.length; at++) {
    for (const bit of [0x01, 0x20, 0x80]) {
      const changed = row.slice()
      changed[at] = (changed[at] ?? 0) ^ bit
      compare(changed)
    }
    compare(row.slice(0, at))
  }
  expect(failures).toBeGreaterThan(row.length)
})

test('a row that lies within other bytes is read from where it begins', () => {
  const row = rowOfEverything()
  const around = new Uint8Array(row.length + 7)
  around.set(row, 3)
  expect(readWith(around.subarray(3, 3 + row.length), SlicingDecoder)).toEqual(readWith(row, Y.UpdateDecoderV1))
})

function rowOfEverything(): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 7
  doc.transact(() => {
    const clients = doc.getMap('clients')
    clients.set('c1/name', 'Zürich Dental')
    clients.set('c1/name-before', 'Acme Dental of Springfield')
    clients.set('c1/note', '')
    clients.set('c1/größe', '\uFEFFsmall 👩‍💻')
    doc
      .getArray('log')
      .push(['{"n":1}', 'longer than thirteen units', '日本語', 1, -5, 1.5, true, null, [1, 'two'], { three: 'drei' }])
    doc.getText('text').insert(0, 'plain and ünplain')
    clients.set('nested', new Y.Map([['key', new Uint8Array([1, 200, 3])]]))
    clients.delete('c1/name-before')
  })
  return Y.encodeStateAsUpdate(doc)
}

function readWith(row: Uint8Array, decoder: typeof Y.UpdateDecoderV1): unknown {
  const doc = new Y.Doc()
  try {
    Y.applyUpdateV2(doc, row, null, decoder)
  } catch {
    return 'failed'
  }
  const { pendingStructs, pendingDs } = doc.store
  return {
    clients: doc.getMap('clients').toJSON(),
    log: doc.getArray('log').toJSON(),
    text: doc.getText('text').toJSON(),
    stored: [...Y.encodeStateAsUpdate(doc)],
    pending: [pendingStructs, pendingDs],
  }
}
