import { expect, test } from 'vitest'
import type { Member } from '#lib/remote/api.ts'
import { peopleOf } from './people.ts'

const me = { id: 'ada', name: 'Ada' }
const device = { device: 'd', name: 'Laptop', firstSeenAt: 1, lastSeenAt: 10, isConnected: false, revokedAt: null }
const member = (actor: string, about: Partial<Member> = {}): Member => ({
  actor,
  name: actor.toUpperCase(),
  role: 'editor',
  joinedAt: 1,
  revokedAt: null,
  devices: [device],
  ...about,
})

test('a book without a server lists who wrote in it, oneself first', () => {
  const authors = [
    { id: 'ben', name: 'Ben' },
    { id: 'ada', name: 'Ada' },
  ]
  const people = peopleOf({ authors, members: [], me })
  expect(people.map(({ name, isMe, access }) => ({ name, isMe, access }))).toEqual([
    { name: 'Ada', isMe: true, access: null },
    { name: 'Ben', isMe: false, access: null },
  ])
})

test('who is here stands before who was, who only wrote behind them, and who was removed last', () => {
  const people = peopleOf({
    authors: [
      { id: 'old', name: 'Old hand' },
      { id: 'ben', name: 'Ben as the log knows him' },
    ],
    members: [
      member('gone', { revokedAt: 5 }),
      member('ben', { devices: [{ ...device, lastSeenAt: 20 }] }),
      member('eve', { devices: [{ ...device, lastSeenAt: 3, isConnected: true }] }),
      member('ada', { devices: [] }),
    ],
    me,
  })
  expect(people.map(({ name }) => name)).toEqual(['ADA', 'EVE', 'Ben as the log knows him', 'Old hand', 'GONE'])
  expect(people.map(({ access }) => access?.isHere ?? null)).toEqual([false, true, false, null, false])
})

test('devices come by when they were last here, signed out ones behind them', () => {
  const [person] = peopleOf({
    authors: [],
    members: [
      member('ada', {
        name: null,
        devices: [
          { ...device, device: 'sold', lastSeenAt: 90, revokedAt: 91 },
          { ...device, device: 'phone', lastSeenAt: 30 },
          { ...device, device: 'laptop', lastSeenAt: 60 },
        ],
      }),
    ],
    me,
  })
  expect(person?.name).toBe('Ada')
  expect(person?.access?.devices.map((each) => each.device)).toEqual(['laptop', 'phone', 'sold'])
})
