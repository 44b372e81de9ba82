import { closeReason } from '@tierbook/core/protocol'
import { expect, test } from 'vitest'
import { closeWords, refusalWords } from './server-words.ts'

test('every reason for which the server ends a connection for good has words of its own', () => {
  for (const reason of Object.values(closeReason)) {
    expect(closeWords(`${reason}; and more that a later server adds`)).toMatchObject({ isForeign: false })
    expect(closeWords(reason).text).toMatch(/^[A-Z].*\.$/)
  }
  expect(closeWords('something new')).toEqual({ text: 'something new', isForeign: true })
})

test('a refused call is said in sentences, and what nobody has words for as it came', () => {
  expect(refusalWords({ code: 'invite-used', message: 'the invite was …' })).toBe(
    'This invite link was for one person, and somebody has used it. Ask for a new one.',
  )
  expect(refusalWords({ code: 'invalid-body', message: 'body: expected JSON' })).toBe('body: expected JSON')
})
