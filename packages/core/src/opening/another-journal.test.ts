// What cannot be read of another document's journal is kept (KD2).
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { actionToText } from '../schema/action-text.ts'
import { createId } from '../schema/ids.ts'
import { memory } from '../storage/memory.ts'
import type { JournalRecord } from '../storage/storage.ts'
import { takeOver } from './another-journal.ts'

const [acme, bolt, by, device] = [createId(), createId(), createId(), createId()]

/** A record whose fields overwrite what its document held before, and which is all that is left of that document. */
function recordOf(notes: Record<string, string>): JournalRecord {
  const doc = new Y.Doc()
  for (const client of [acme, bolt]) doc.getMap('clients').set(`${client}/note`, 'before')
  const before = Y.encodeStateVector(doc)
  const entries = [acme, bolt].map((subject) => ({ kind: 'client.edited', subject, note: 'changed' }))
  doc.transact(() => {
    for (const [key, note] of Object.entries(notes)) doc.getMap('clients').set(key, note)
    doc
      .getArray('log')
      .insert(0, [actionToText({ v: 1, id: 'AAAAAAAAAAA.0', n: 5, at: 0, by, device, prev: null, entries })])
  })
  return { id: 'AAAAAAAAAAA.0', update: Y.encodeStateAsUpdate(doc, before), isOfAnother: true }
}

async function takenOver(record: JournalRecord) {
  const doc = new Y.Doc()
  const storage = await memory().open({ book: createId(), doc, onProblem() {} })
  await storage.journal.append([record])
  await takeOver(doc, storage, [record], () => 1)
  return { doc, aside: await storage.aside.list(), journal: await storage.journal.list() }
}

test('[KD1] texts of notes are told apart by the order in which they were written', async () => {
  const { doc, aside } = await takenOver(recordOf({ [`${acme}/note`]: 'of Acme', [`${bolt}/note`]: 'of Bolt' }))
  expect(doc.getMap('clients').toJSON()).toEqual({ [`${acme}/note`]: 'of Acme', [`${bolt}/note`]: 'of Bolt' })
  expect(aside).toEqual([])
})

test('[KD2] a note that cannot be told is set aside with its record; the action is there', async () => {
  const record = recordOf({ [`${bolt}/note`]: 'of whom?' })
  const { doc, aside, journal } = await takenOver(record)
  expect(doc.getArray('log').length).toBe(1)
  expect(doc.getMap('clients').size).toBe(0)
  expect(aside).toMatchObject([{ kind: 'journal', at: 1, bytes: record.update }])
  expect(aside[0]?.reason).toContain('the text of a note')
  expect(journal.map(({ id }) => id.split(':')[0])).toEqual(['again'])
})

test('[KD2] [F5] a kill before the records left the journal sets nothing aside twice and counts no report twice', async () => {
  const record = recordOf({ [`${bolt}/note`]: 'of whom?' })
  const from = new Y.Doc()
  const report = JSON.stringify({ [acme]: 1 })
  from.getArray('activity').insert(0, [report])
  const records = [record, { id: 'feed:1', update: Y.encodeStateAsUpdate(from), isOfAnother: true }]
  const storage = await memory().open({ book: createId(), doc: new Y.Doc(), onProblem() {} })
  const killed = { ...storage, journal: { ...storage.journal, remove: () => Promise.reject(new Error('killed')) } }
  const killedSooner = { ...killed, journal: { ...killed.journal, append: killed.journal.remove } }
  await expect(takeOver(new Y.Doc(), killedSooner, records, () => 1)).rejects.toThrow('killed')
  const doc = new Y.Doc()
  await expect(takeOver(doc, killed, records, () => 2)).rejects.toThrow('killed')
  await takeOver(doc, storage, records, () => 3)
  expect(await storage.aside.list()).toHaveLength(1)
  expect(doc.getArray('activity').toArray()).toEqual([report])
})
