// Exports noted in the log.
import { expect, test } from 'vitest'
import { createSampleGate } from '../src/admission/sample-gate.ts'
import { createId } from '../src/schema/ids.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'
import { october } from './billing-sample.ts'

test('[PB6] an export is noted for every device, is never taken back, and an undo says so', async () => {
  const hub = createHub()
  const id = createId()
  const links = [hub.link(), hub.link()] as const
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: links[0].sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: links[1].sync })
  const gate = createSampleGate()
  const decisions: string[] = []
  ada.doc.on('update', (update: Uint8Array) => decisions.push(gate.offer(update, { actor: ada.author.id }).decision))
  const added = await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  const noted = { ...october, format: 'xero', hash: 'A'.repeat(43), files: ['xero-2026-10.csv'] }
  const { action } = await done(ada.noteExport(noted))
  hub.deliverAll()
  expect(bo.exports()).toMatchObject([{ ...noted, by: ada.author.id }])
  expect(decisions).toEqual(['accept', 'accept'])
  expect(await ada.retract({ entry: `${action}/0` })).toMatchObject({ ok: false, error: { code: 'not-retractable' } })
  const stays = { ok: false, error: { code: 'not-undoable', because: { says: 'export-stays' } } }
  expect(await ada.undo()).toMatchObject(stays)
  await done(ada.undo({ unit: added.action }))
  expect(ada.client(added.id)).toBeUndefined()
  expect(ada.exports()).toHaveLength(1)
  expect(await ada.noteExport({ ...noted, files: [] })).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
  expect(await ada.noteExport({ ...noted, to: noted.from })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
})
