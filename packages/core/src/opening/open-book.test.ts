import { expect, test } from 'vitest'
import { createId } from '../schema/ids.ts'
import { memory } from '../storage/memory.ts'
import { openBook } from './open-book.ts'

const author = { id: createId(), name: 'Ada' }
const noon = Date.parse('2026-11-22T12:00:00Z')

async function open(options: Partial<Parameters<typeof openBook>[0]> = {}) {
  return openBook({ id: createId(), author, storage: memory(), now: () => noon, ...options })
}

async function added(book: Awaited<ReturnType<typeof open>>, name: string, tier = 'starter') {
  const result = await book.addClient({ name, tier, createdOn: '2026-01-01' })
  if (!result.ok) throw new Error(result.error.message)
  return result.value.id
}

test('a new client is on its tier from its first day on', async () => {
  const book = await open({ create: { name: 'MSP', timeZone: 'Europe/Berlin', currency: 'EUR' } })
  const id = await added(book, 'Acme Dental')
  expect(book.clients()).toMatchObject([
    { id, name: 'Acme Dental', tier: 'starter', status: 'active', createdOn: '2026-01-01' },
  ])
  expect(book.tierOn(id, '2025-12-31')).toBeNull()
  expect(book.tierOn(id, '2026-01-01')).toBe('starter')
  expect(book.settings()).toEqual({ name: 'MSP', timeZone: 'Europe/Berlin', currency: 'EUR', created: true })
  await book.close()
})

test('an assignment of today changes the row at once and history tells who, from, to, when and why', async () => {
  const book = await open()
  const id = await added(book, 'Acme Dental')
  const assigned = await book.assignTier({ client: id, tier: 'enterprise', reason: 'renewal' })
  expect(assigned.ok).toBe(true)
  expect(book.client(id)?.tier).toBe('enterprise')
  expect(book.history(id)[0]).toMatchObject({
    kind: 'device.added' in {} ? '' : 'tier.assigned',
    from: 'starter',
    to: 'enterprise',
    effectiveOn: '2026-11-22',
    reason: 'renewal',
    byName: 'Ada',
  })
  await book.close()
})

test('another author on the same device is known by name, too', async () => {
  const options = { id: createId(), storage: memory(), device: createId() }
  const before = await open(options)
  await added(before, 'Acme Dental')
  await before.close()
  const after = await open({ ...options, author: { id: createId(), name: 'Ada' } })
  await added(after, 'Bright Bakery')
  expect(after.actors().map(({ name }) => name)).toEqual(['Ada', 'Ada'])
  await after.close()
})
