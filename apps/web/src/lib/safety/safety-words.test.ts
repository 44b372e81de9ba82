import type { BookStatus } from '@tierbook/core'
import { expect, test } from 'vitest'
import { noteKeptSeen, unseenKept } from './kept-seen.svelte.ts'
import { needsWords } from './needs-words.ts'
import { recoveryFileText } from './recovery-file.ts'
import { kindWords, safetyWords } from './safety-words.ts'

const well: BookStatus = {
  storage: 'saved',
  storageProblem: null,
  storageFault: null,
  setAside: 0,
  recovery: null,
  sync: 'online',
  reason: null,
  savingPaused: false,
  replicated: false,
  unsent: 0,
  loaded: true,
  readOnly: null,
  unreadable: 0,
  conflicting: 0,
  importing: null,
}

test('nothing is said while all is well', () => {
  expect(safetyWords(well, 0)).toBeNull()
  expect(safetyWords({ ...well, sync: 'none', storage: 'memory' }, 0)).toBeNull()
  for (const storage of ['memory', 'saving', 'saved', 'failed'] as const)
    for (const sync of ['none', 'online', 'refused'] as const)
      expect(needsWords({ ...well, storage, sync })).toBe(safetyWords({ ...well, storage, sync }, 0) !== null)
})

test('[KD2] what was set aside is told of until somebody has seen it', () => {
  const kept = { ...well, setAside: 2 }
  expect(needsWords(kept)).toBe(true)
  expect(safetyWords(kept, 2)).toMatchObject({ tone: 'problem', hasKept: true, action: 'dismiss-kept' })
  expect(safetyWords(kept, 2)?.lines).toEqual([expect.stringContaining('2 things')])
  expect(safetyWords(kept, 1)?.lines).toEqual([expect.stringContaining('One thing')])
  expect(safetyWords(kept, 0)).toBeNull()
})

test('[F1] [F4] each fault of the storage has its own words and its own way out', () => {
  const failed = (storageFault: BookStatus['storageFault']) =>
    safetyWords({ ...well, storage: 'failed', storageFault, storageProblem: 'AbortError' }, 0)
  expect(failed('full')).toMatchObject({ title: 'This device has no space left for the book.', action: null })
  expect(failed('removed')).toMatchObject({ title: 'The book was removed from this device.', action: 'store-again' })
  expect(failed('upgraded')).toMatchObject({ action: 'reload' })
  expect(failed('failed')?.lines).toEqual([expect.stringContaining('AbortError')])
})

test('[SY3] a recovery is told while it runs and when it is over, with what was sent again, refused and kept', () => {
  const recovery = { phase: 'done' as const, at: 1, reason: 'invalid-action: x', sentAgain: 3, refused: 1, ofOthers: 0 }
  expect(safetyWords({ ...well, recovery: { ...recovery, phase: 'running' } }, 0)).toMatchObject({ tone: 'busy' })
  expect(safetyWords({ ...well, recovery, setAside: 2 }, 0)).toEqual({
    tone: 'good',
    title: 'The server did not accept this device’s copy of the book.',
    lines: [
      'Tierbook fetched the book from the server again and put your changes back. Nothing you typed is lost.',
      'Your changes sent again: 3.',
      'Changes that the server does not accept: 1.',
    ],
    action: 'dismiss',
    hasKept: true,
  })
  expect(safetyWords({ ...well, recovery: { ...recovery, reason: 'rolled-back: …' } }, 0)?.title).toBe(
    'The server had lost or replaced its copy of the book.',
  )
  // What nothing came back of is not called put back.
  expect(safetyWords({ ...well, recovery: { ...recovery, sentAgain: 0 } }, 0)?.lines[0]).toContain('is kept aside')
  const viewer = { ...recovery, reason: 'read-only: viewers write nothing', sentAgain: 0 }
  expect(safetyWords({ ...well, recovery: viewer, setAside: 2 }, 0)).toMatchObject({
    tone: 'problem',
    title: 'You may only view this book now.',
    hasKept: true,
  })
})

test('[F3] the recovery file holds every byte and every text', () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, place) => place % 256)
  const item = { id: 'a', kind: 'row' as const, at: 0, reason: 'cut', code: null, bytes }
  const text = recoveryFileText({
    book: 'b',
    name: 'MSP',
    exportedAt: 0,
    items: [item, { id: 'c', kind: 'actions', at: 0, reason: '', code: 'forged-author', texts: ['{"at":1}'] }],
  })
  const file = JSON.parse(text) as { items: { base64: string; texts?: string[] }[] }
  expect(Uint8Array.from(atob(file.items[0]!.base64), (character) => character.charCodeAt(0))).toEqual(bytes)
  expect(file.items[1]?.texts).toEqual(['{"at":1}'])
  expect(kindWords(item)).toBe('A damaged part of the saved book')
})

test('[KD2] another thing of a book that was seen before is new, as many as there are', () => {
  const values = new Map<string, string>()
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
  const thing = (id: string) => ({ id, kind: 'row' as const, at: 0, reason: 'cut', code: null })
  const before = [thing('a'), thing('b'), thing('c')]
  expect(unseenKept(storage, 'book', before)).toHaveLength(3)
  noteKeptSeen(storage, 'book', before)
  expect(unseenKept(storage, 'book', before)).toEqual([])
  expect(JSON.parse(values.get('tierbook.kept-seen.book') ?? '')).toEqual(['a', 'b', 'c'])
  // Removed, or forgotten with the book, elsewhere; and something else since.
  expect(unseenKept(storage, 'book', [thing('d')])).toEqual([thing('d')])
  noteKeptSeen(storage, 'book', [thing('d')])
  expect(JSON.parse(values.get('tierbook.kept-seen.book') ?? '')).toEqual(['d'])
})

test('[KD2] in a browser that keeps nothing a tab remembers what was seen', () => {
  const refuse = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  const storage = { getItem: () => null, setItem: refuse, removeItem: refuse }
  const kept = [{ id: 'e', kind: 'row' as const, at: 0, reason: 'cut', code: null }]
  noteKeptSeen(storage, 'book', kept)
  expect(unseenKept(storage, 'book', kept)).toEqual([])
})
