import { expect, test } from 'vitest'
import { remoteWords } from './remote-words.ts'

test('few edits of others are told by name, many by their number, none not at all', () => {
  expect(remoteWords([])).toBe('')
  const once = { client: 'Acme Dental', by: 'Bob' }
  expect(remoteWords([once, once])).toBe('Bob changed Acme Dental.')
  expect(remoteWords([once, { client: 'Crow', by: 'Bob' }])).toBe('Bob changed 2 clients.')
  expect(remoteWords([once, { client: 'Crow', by: 'Cleo' }])).toBe('2 clients were changed by others.')
})
