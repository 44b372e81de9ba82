import { expect, test } from 'vitest'
import { isDueForRenewal, readInvite } from './token.ts'

const jwt = (payload: unknown) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.sig`

test('an invite tells its role and book; anything else is none', () => {
  expect(readInvite(jwt({ role: 'editor', book: 'b', exp: 1 }))).toMatchObject({ role: 'editor', book: 'b' })
  expect(readInvite(jwt({ role: 'owner' }))?.book).toBeUndefined()
  for (const text of ['', 'cut-off', 'a.b.c', jwt({ role: 'king' }), jwt('text'), jwt(null)])
    expect(readInvite(text), text).toBeNull()
})

test('a token is renewed when more than half of its life is over', () => {
  const token = jwt({ iat: 1_000, exp: 2_000 })
  expect(isDueForRenewal(token, 1_400_000)).toBe(false)
  expect(isDueForRenewal(token, 1_600_000)).toBe(true)
  expect(isDueForRenewal('nonsense', 1_600_000)).toBe(false)
})
