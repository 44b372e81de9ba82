import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAction, type Action } from './action.ts'
import { actionToText } from './action-text.ts'
import { readCommonAction } from './read-common-action.ts'

const chars = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-')
const idOf = (length: number) =>
  fc.array(fc.constantFrom(...chars), { minLength: length, maxLength: length }).map((list) => list.join(''))
const id = idOf(22)
const actionId = fc.tuple(idOf(11), fc.nat(2_000_000_000)).map(([session, seq]) => `${session}.${seq}`)
const entryId = fc.tuple(actionId, fc.nat(499)).map(([action, index]) => `${action}/${index}`)
const date = fc
  .tuple(fc.integer({ min: 1895, max: 3005 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
  .map(([y, m, d]) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`)
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 210 }),
  fc.constantFrom('Acme', 'x\uD800', '"],"id":"', '\\', 'Łódź'),
)
const serviceOf = (kind: string) =>
  fc.record(
    {
      kind: fc.constant(kind),
      subject: id,
      effectiveOn: date,
      after: fc.array(entryId, { maxLength: 2 }),
      reason: name,
    },
    { requiredKeys: ['kind', 'subject', 'effectiveOn', 'after'] },
  )
const entry = fc.oneof(
  serviceOf('client.ended'),
  serviceOf('client.resumed'),
  fc.record(
    { kind: fc.constant('entry.retracted'), subject: id, target: fc.oneof(entryId, actionId), reason: name },
    { requiredKeys: ['kind', 'subject', 'target'] },
  ),
  fc.record({ kind: fc.constant('client.edited'), subject: id, externalRef: fc.oneof(name, fc.constant(null)) }),

  fc.record(
    {
      kind: fc.constant('tier.assigned'),
      subject: id,
      tier: fc.oneof(id, fc.constantFrom('starter', 'x', 'UPPER')),
      effectiveOn: date,
      after: fc.array(entryId, { maxLength: 2 }),
      reason: name,
    },
    { requiredKeys: ['kind', 'subject', 'tier', 'effectiveOn', 'after'] },
  ),
  fc.record(
    { kind: fc.constant('client.edited'), subject: id, name, note: fc.constant('changed') },
    { requiredKeys: ['kind', 'subject'] },
  ),
  fc.record(
    { kind: fc.constant('client.added'), subject: id, name, createdOn: date, externalRef: name },
    { requiredKeys: ['kind', 'subject', 'name', 'createdOn'] },
  ),
)
const action = fc.record({
  v: fc.constant(1),
  id: actionId,
  n: fc.oneof(fc.nat(), fc.maxSafeNat()),
  at: fc.oneof(fc.maxSafeInteger(), fc.integer()),
  by: id,
  device: id,
  prev: fc.oneof(fc.constant(null), idOf(43)),
  entries: fc.array(entry, { minLength: 1, maxLength: 3 }),
})

function textOf(value: Action): string | null {
  try {
    return actionToText(value)
  } catch {
    return null // a lone surrogate has no canonical form
  }
}

test('what the grammar accepts is what the schemas accept, read alike', () => {
  let common = 0
  fc.assert(
    fc.property(action, (value) => {
      const text = textOf(value)
      const read = text === null ? null : readCommonAction(text)
      if (text === null || !read) return
      common += 1
      expect(checkAction(JSON.parse(text)).ok).toBe(true)
      expect(read).toEqual(JSON.parse(text))
    }),
    { numRuns: 3_000, seed: 20261122 },
  )
  expect(common).toBeGreaterThan(50)
})

const [session, subject] = ['AAAAAAAAAAA', 'E'.repeat(22)]
const common: readonly Action['entries'][] = [
  [
    {
      kind: 'tier.assigned',
      subject,
      tier: 'starter',
      effectiveOn: '2026-11-22',
      after: [`${session}.2/0`],
      reason: 'renewal',
    },
  ],
  [{ kind: 'client.ended', subject, effectiveOn: '2026-11-22', after: [`${session}.2/0`] }],
  [{ kind: 'client.resumed', subject, effectiveOn: '2026-11-22', after: [], reason: 'back' }],
  [{ kind: 'entry.retracted', subject, target: `${session}.2/17`, reason: 'wrong client' }],
  [{ kind: 'client.edited', subject, externalRef: 'C-1' }],
  [
    { kind: 'client.added', subject, name: 'Acme', createdOn: '2026-01-01', externalRef: 'C-1' },
    { kind: 'client.edited', subject, name: 'Łódź & Co' },
  ],
]

for (const entries of common) {
  test(`${entries.map((each) => each.kind).join(' and ')}: read at once, and altered anywhere as what it says, or left to the schemas`, () => {
    const text = actionToText({
      v: 1,
      id: `${session}.3`,
      n: 7,
      at: 1_763_800_000_000,
      by: 'B'.repeat(22),
      device: 'C'.repeat(22),
      prev: 'D'.repeat(43),
      entries,
    })
    expect(readCommonAction(text)).toEqual(JSON.parse(text))
    for (let place = 0; place < text.length; place++) {
      for (const char of ['', '"', '0', '-', 'z', '}', ',', '/', '\\', '\u0000', '\ud800']) {
        const altered = text.slice(0, place) + char + text.slice(place + 1)
        const read = readCommonAction(altered)
        if (!read) continue
        const json: unknown = JSON.parse(altered)
        expect(checkAction(json).ok, altered).toBe(true)
        expect(read).toEqual(json)
      }
    }
  })
}

test('what an earlier text left behind is no part of a later one', () => {
  const [entries = []] = common
  const fields = { v: 1, n: 7, at: 1_763_800_000_000, by: 'B'.repeat(22), device: 'C'.repeat(22), prev: null } as const
  const text = actionToText({ ...fields, id: `${session}.3`, entries })
  for (let place = 0; place < text.length; place++) {
    expect(readCommonAction(text)).not.toBeNull()
    expect(readCommonAction(text.slice(0, place))).toBeNull()
  }
})

test('a text longer than any action fits no grammar', () => {
  const [entries = []] = common
  const fields = {
    v: 1,
    n: 7,
    at: 0,
    by: 'B'.repeat(22),
    device: 'C'.repeat(22),
    prev: null,
    id: `${session}.3`,
  } as const
  const many = (count: number) =>
    actionToText({ ...fields, entries: Array.from({ length: count }, () => entries).flat() })
  expect(readCommonAction(many(500))).not.toBeNull()
  const long = many(2_000)
  expect(long.length).toBeGreaterThan(262_144)
  expect(readCommonAction(long)).toBeNull()
})
