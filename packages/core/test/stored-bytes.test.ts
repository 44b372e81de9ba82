// Every single byte of a stored document changed, and every cut: whatever of the log is not as it was is seen (LG6, row F3 of the failure list).
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { logContents, verifyLog } from '../src/audit.ts'
import type { Book } from '../src/book.ts'
import { createId } from '../src/schema/ids.ts'
import { done, openForTest } from '../src/testing/open-for-test.ts'

async function storedBook(): Promise<{ id: string; bytes: Uint8Array; elements: readonly unknown[] }> {
  const id = createId()
  const book: Book = await openForTest({
    id,
    create: { name: 'Northwind', timeZone: 'Europe/Berlin', currency: 'EUR' },
  })
  const acme = await done(book.addClient({ name: 'Acme Dental', tier: 'starter' }))
  await done(book.assignTier({ client: acme.id, tier: 'enterprise', reason: 'größer' }))
  await done(book.editClient({ client: acme.id, name: 'Acme' }))
  return { id, bytes: Y.encodeStateAsUpdate(book.doc), elements: logContents(book).elements }
}

/** What somebody finds who loads these bytes: an error, a document that waits for what is lost, a log with problems, fewer actions, or the log as it was. */
async function look(id: string, bytes: Uint8Array, elements: readonly unknown[]): Promise<string> {
  const doc = new Y.Doc()
  try {
    Y.applyUpdate(doc, bytes)
  } catch {
    return 'unreadable'
  }
  if (doc.store.pendingStructs || doc.store.pendingDs) return 'waits for what is lost'
  const found = logContents({ id, doc })
  const { problems, actions, vouched } = await verifyLog(found)
  if (problems[0]) return `named: ${problems[0].kind}`
  if (actions < elements.length) return 'fewer than a witness knows'
  if (vouched < actions) return 'not vouched for'
  return textsOf(found.elements) === textsOf(elements) ? 'the same log' : `changed unseen: ${textsOf(found.elements)}`
}

/** Where Yjs keeps an element says nothing: actions are told apart by their ids and ordered by their counters (LG3, LG6). */
const textsOf = (elements: readonly unknown[]) => JSON.stringify([...new Set(elements)].toSorted())

test('[LG6] [F3] no changed byte of a stored document changes the log unseen', async () => {
  const { id, bytes, elements } = await storedBook()
  expect(await look(id, bytes, elements)).toBe('the same log')
  const seen = new Map<string, number>()
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice()
    flipped[at] = (flipped[at] as number) ^ (1 << (at % 8))
    const found = await look(id, flipped, elements)
    expect(found, `byte ${at} of ${bytes.length}`).not.toMatch(/^changed unseen/)
    seen.set(found, (seen.get(found) ?? 0) + 1)
  }
  // Most of the bytes are the log's, so most changes are named; the others are of fields beside it or of Yjs's bookkeeping.
  const named = [...seen].filter(([what]) => what.startsWith('named')).reduce((sum, [, count]) => sum + count, 0)
  expect(named).toBeGreaterThan(bytes.length / 2)
})

test('[LG6] [F3] no cut of a stored document is taken for a whole one', async () => {
  const { id, bytes, elements } = await storedBook()
  for (let length = 1; length < bytes.length; length++)
    expect(await look(id, bytes.slice(0, length), elements), `cut at ${length}`).not.toMatch(
      /^the same|^changed unseen/,
    )
})
