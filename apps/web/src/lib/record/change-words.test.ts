import { createId, memory, openBook } from '@tierbook/core'
import { afterAll, expect, test } from 'vitest'
import { beforeCreatedWords, serviceChangeWords, tierChangeWords } from './change-words.ts'

const book = await openBook({
  id: createId(),
  author: { id: createId(), name: 'Ada' },
  storage: memory(),
  now: () => Date.UTC(2026, 10, 22, 12),
  create: { name: 'Northwind', timeZone: 'UTC', currency: 'EUR' },
})
afterAll(() => book.close())
const view = {
  book,
  today: () => book.today(),
  tier: (id: string | null) => book.tiers().find((tier) => tier.id === id) ?? null,
}

async function clientOn(tier: string, createdOn: string) {
  const added = await book.addClient({ name: 'Acme', tier, createdOn })
  if (!added.ok) throw new Error(added.error.message)
  return { id: added.value.id, name: 'Acme' }
}

async function assign(client: { id: string; name: string }, tier: string, effectiveOn: string) {
  await book.assignTier({ client: client.id, tier, effectiveOn })
  return tierChangeWords(view, client, { tier, effectiveOn })
}

test('a change of an earlier date that a later one covers is told as past, with what holds today', async () => {
  const client = await clientOn('starter', '2024-01-01')
  await assign(client, 'professional', '2025-01-01')
  expect(await assign(client, 'enterprise', '2024-06-01')).toBe(
    'Acme was on Enterprise from 1 Jun 2024 until 1 Jan 2025. Today it is on Professional.',
  )
})

test('a change that nothing covers holds now, also when its date is past', async () => {
  const client = await clientOn('starter', '2024-01-01')
  expect(await assign(client, 'professional', '2025-01-01')).toBe('Acme is on Professional now.')
  expect(await assign(client, 'enterprise', '2026-11-22')).toBe('Acme is on Enterprise now.')
  expect(await assign(client, 'starter', '2026-12-01')).toBe('Scheduled: Acme goes to Starter from 1 Dec 2026.')
})

test('a change before the service ended says that there is none today', async () => {
  const client = await clientOn('starter', '2024-01-01')
  await book.endClient({ client: client.id, effectiveOn: '2025-01-01' })
  expect(await assign(client, 'enterprise', '2024-06-01')).toBe(
    'Acme was on Enterprise from 1 Jun 2024 until 1 Jan 2025. Today it has no service.',
  )
})

test('a date before the client was created is named, and no other', () => {
  const client = { createdOn: '2024-03-01' }
  expect(beforeCreatedWords(client, '2024-02-29')).toContain('created later, on 1 Mar 2024')
  expect(beforeCreatedWords(client, '2024-03-01')).toBeNull()
  expect(beforeCreatedWords(client, '')).toBeNull()
})

test('an end of service, and its resumption, are told in the tense of their date', async () => {
  const client = await clientOn('starter', '2024-01-01')
  const end = async (effectiveOn: string) => {
    await book.endClient({ client: client.id, effectiveOn })
    return serviceChangeWords(view, client, { does: 'end', effectiveOn })
  }
  const resume = async (effectiveOn: string) => {
    await book.resumeClient({ client: client.id, effectiveOn })
    return serviceChangeWords(view, client, { does: 'resume', effectiveOn })
  }
  expect(await end('2026-12-01')).toBe('Service of Acme ends on 1 Dec 2026.')
  await book.undo()
  expect(await end('2026-11-22')).toBe('Service of Acme ends on 22 Nov 2026.')
  expect(await end('2026-01-01')).toBe('Service of Acme ended on 1 Jan 2026.')
  expect(await resume('2026-03-01')).toBe('Acme had service from 1 Mar 2026 until 22 Nov 2026. Today it has none.')
  await book.resumeClient({ client: client.id })
  expect(await end('2025-01-01')).toBe('Acme had no service from 1 Jan 2025 until 1 Mar 2026. Today it has service.')
  // The end of January 2026 still counts, and the resumption after it.
  expect(await resume('2025-06-01')).toBe('Acme had service from 1 Jun 2025 until 1 Jan 2026. Today it has service.')
})

test('a resumption of an earlier date that nothing ends again is told as past', async () => {
  const client = await clientOn('starter', '2024-01-01')
  await book.endClient({ client: client.id, effectiveOn: '2025-01-01' })
  await book.resumeClient({ client: client.id, effectiveOn: '2025-06-01' })
  expect(serviceChangeWords(view, client, { does: 'resume', effectiveOn: '2025-06-01' })).toBe(
    'Service of Acme resumed on 1 Jun 2025.',
  )
})
