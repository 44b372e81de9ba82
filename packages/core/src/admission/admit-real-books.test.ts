// Whatever the commands of a real book write passes the gate: edit by edit, caught up in one frame, and as an owner's history.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Book } from '../book.ts'
import { createId } from '../schema/ids.ts'
import { memory } from '../storage/memory.ts'
import { openBook } from '../opening/open-book.ts'
import { createSampleGate, type SampleGate } from './sample-gate.ts'

const now = () => 1_764_000_000_000

async function open(id: string, options: { create?: boolean } = {}): Promise<Book> {
  return openBook({
    id,
    author: { id: createId(), name: 'Ada' },
    storage: memory(),
    now,
    ...(options.create ? { create: { name: 'MSP', timeZone: 'Europe/Berlin', currency: 'EUR' } } : {}),
  })
}

async function useEveryCommand(book: Book): Promise<void> {
  const added = await book.addClient({
    name: `Acme ${createId()}`,
    tier: 'starter',
    createdOn: '2025-01-31',
    externalRef: createId(),
    otherRefs: { Xero: createId(), 'Auto task': createId() },
    note: 'hello',
  })
  if (!added.ok) throw new Error(added.error.message)
  const client = added.value.id
  await book.editBook({ name: 'MSP Ltd', currency: 'USD' })
  await book.editClient({ client, name: 'Acme Ünited 🦷', note: null, externalRef: null })
  await book.editClient({ client, otherRefs: { Xero: null, RMM: createId() } })
  await book.undo()
  const assigned = await book.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-12-01', reason: 'renewal' })
  if (assigned.ok) await book.retract({ entry: assigned.value.entry, reason: 'typo' })
  await book.endClient({ client, effectiveOn: '2027-01-01' })
  await book.resumeClient({ client, effectiveOn: '2027-02-01' })
  const tier = await book.addTier({ name: `Care ${createId()}`, rank: 250, colour: 'teal', typicalUse: 'Clinics' })
  if (tier.ok) await book.editTier({ tier: tier.value.id, name: 'Care plus', typicalUse: null })
  await book.editTier({ tier: 'starter', name: 'Basic' })
  await book.recordActivity([{ client, at: now() - 7_200_000 }])
  await book.recordActivity([{ client, at: now() - 10 }])
  const rows = Array.from({ length: 700 }, (_, i) => ({
    row: i + 2,
    client: `Imported ${i} ${createId()}`,
    tier: 'Professional',
    externalRef: createId(),
    lastActivity: new Date(now() - i * 1000).toISOString(),
  }))
  const imported = await book.importClients(await book.planImport(rows))
  expect(imported).toMatchObject({ ok: true, value: { added: 700 } })
}

function watch(book: Book, gate: SampleGate): string[] {
  const decisions: string[] = []
  book.doc.on('update', (update: Uint8Array) => {
    const admission = gate.offer(update, { actor: book.author.id })
    decisions.push(admission.decision === 'refuse' ? `${admission.code}: ${admission.message}` : admission.decision)
  })
  return decisions
}

test('[AD4] [AD5] every command of a book is accepted as it happens', async () => {
  const gate = createSampleGate()
  const book = await open(createId(), { create: false })
  const decisions = watch(book, gate)
  await useEveryCommand(book)
  expect(new Set(decisions)).toEqual(new Set(['accept']))
  expect(decisions.length).toBeGreaterThan(12)
  expect(Y.encodeStateVector(gate.doc)).toEqual(Y.encodeStateVector(book.doc))
  await book.close()
})

test('[AD5] two devices that worked offline are accepted in one frame each', async () => {
  const gate = createSampleGate()
  const id = createId()
  const first = await open(id, { create: true })
  const second = await open(id)
  const sync = (book: Book) => {
    const update = Y.encodeStateAsUpdate(book.doc, Y.encodeStateVector(gate.doc))
    const admission = gate.offer(update, { actor: book.author.id })
    Y.applyUpdate(book.doc, Y.encodeStateAsUpdate(gate.doc, Y.encodeStateVector(book.doc)))
    return admission.decision
  }
  for (let round = 0; round < 3; round++) {
    await useEveryCommand(first)
    await useEveryCommand(second)
    const shared = first.clients()[0]
    if (shared) {
      await first.editClient({ client: shared.id, name: `Round ${round} first` })
      await second.editClient({ client: shared.id, name: `Round ${round} second` })
    }
    expect([sync(first), sync(second), sync(first)]).toEqual(['accept', 'accept', 'nothing-new'])
    expect(first.clients().map(({ name }) => name)).toEqual(second.clients().map(({ name }) => name))
  }
  await first.close()
  await second.close()
})

test('[AD7] a book begun offline is taken whole from its owner', async () => {
  const gate = createSampleGate()
  const book = await open(createId(), { create: true })
  await useEveryCommand(book)
  const history = Y.encodeStateAsUpdate(book.doc)
  expect(gate.offer(history, { actor: book.author.id, role: 'owner', founding: true }).decision).toBe('accept')
  await book.close()
})
