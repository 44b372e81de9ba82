// What refusals say to programs: values that fit their schema, beside the English message.
import { expect, test } from 'vitest'
import { becauseSchemas } from '../src/because.ts'
import type { Result } from '../src/result.ts'
import { done, openForTest } from '../src/testing/open-for-test.ts'

async function becauseOf(command: Promise<Result<unknown>>) {
  const result = await command
  if (result.ok) throw new Error('expected a refusal')
  const { because } = result.error
  if (because) expect(becauseSchemas[because.says].parse(because)).toEqual(because)
  return because
}

test('a refused command says why with its values', async () => {
  const book = await openForTest()
  const acme = await done(book.addClient({ name: 'Acme', tier: 'starter', externalRef: 'A-7' }))
  const change = { client: acme.id, effectiveOn: '2026-11-22' }
  expect(await becauseOf(book.addClient({ name: 'Bolt', externalRef: 'A-7' }))).toEqual({
    says: 'reference-taken',
    externalRef: 'A-7',
  })
  expect(await becauseOf(book.assignTier({ ...change, tier: 'starter' }))).toEqual({
    says: 'already-on-tier',
    tier: 'starter',
    on: '2026-11-22',
  })
  expect(await becauseOf(book.resumeClient(change))).toEqual({ says: 'in-service', on: '2026-11-22' })
  await done(book.endClient(change))
  expect(await becauseOf(book.assignTier({ ...change, tier: 'enterprise' }))).toEqual({
    says: 'ended-since',
    on: '2026-11-22',
  })
  expect(await becauseOf(book.addTier({ name: 'Starter' }))).toEqual({ says: 'name-taken', name: 'Starter' })
  expect(await becauseOf(book.settle({ client: acme.id, keep: 'all' }))).toEqual({ says: 'settled-already' })
})

test('[UN4] an undo that is refused says what stands against it, in the preview and when it is tried', async () => {
  const book = await openForTest()
  const acme = await done(book.addClient({ name: 'Acme', tier: 'starter' }))
  const renamed = await done(book.editClient({ client: acme.id, name: 'Acme Dental' }))
  await done(book.editClient({ client: acme.id, name: 'Acme & Co' }))
  const because = { says: 'field-changed-since', name: 'Acme & Co', field: 'name' }
  expect((await done(book.previewUndo({ unit: renamed.action }))).obstacles).toMatchObject([{ because }])
  expect(await becauseOf(book.undo({ unit: renamed.action }))).toEqual(because)
  expect(await becauseOf(book.undo({ unit: acme.action }))).toEqual({ says: 'used-since', name: 'Acme & Co' })
  const tier = await done(book.addTier({ name: 'Gold' }))
  expect(await becauseOf(book.undo({ unit: tier.action }))).toEqual({ says: 'tier-stays' })
})
