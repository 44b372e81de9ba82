// The log's fast path: texts that the grammar of common actions takes skip the parser, so it must take canonical texts only.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAction } from '../schema/action.ts'
import { actionToText } from '../schema/action-text.ts'
import { readCommonAction } from '../schema/read-common-action.ts'
import { createSampleSession, sampleId } from './sample-session.ts'

test('[AD4] what the grammar of common actions takes is canonical and passes the schemas', () => {
  const session = createSampleSession()
  const client = sampleId('acme')
  session.addClient(client, 'Acme “Dental” é')
  session.renameClient(client, 'Zoë')
  session.assignTier(client, 'enterprise')
  const texts = session.doc.getArray<string>('log').toArray()
  for (const text of texts) expect(readCommonAction(text), text).not.toBeNull()
  const edit = fc.tuple(
    fc.nat(400),
    fc.nat(3),
    fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom(' ', ',', '"', '\\u0041', '-0', '1e3', '01', '\u007f', '\ud800'),
    ),
  )
  let taken = 0
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(edit, { maxLength: 2 }), (text, edits) => {
      let changed = text
      for (const [at, cut, put] of edits) changed = changed.slice(0, at) + put + changed.slice(at + cut)
      const common = readCommonAction(changed)
      if (!common) return
      taken++
      expect(parseAction(changed)).toEqual({ ok: true, action: common })
      expect(actionToText(common)).toBe(changed)
    }),
    { numRuns: 20_000, seed: 4 },
  )
  expect(taken).toBeGreaterThan(2_000)
})
