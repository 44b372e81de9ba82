import { expect, test } from 'vitest'
import { isMomentToInstall } from './install-moment.ts'

const day = 86_400_000
const worked = { isSample: false, clients: 5, declinedAt: null, now: 100 * day }

test('installing is suggested once a book of one’s own has clients, never for the sample', () => {
  expect(isMomentToInstall(worked)).toBe(true)
  expect(isMomentToInstall({ ...worked, clients: 4 })).toBe(false)
  expect(isMomentToInstall({ ...worked, isSample: true })).toBe(false)
})

test('after “not now” it stays quiet for sixty days', () => {
  expect(isMomentToInstall({ ...worked, declinedAt: 41 * day })).toBe(false)
  expect(isMomentToInstall({ ...worked, declinedAt: 40 * day })).toBe(true)
})

test('a no from a clock that ran ahead does not silence it for ever', () => {
  expect(isMomentToInstall({ ...worked, declinedAt: 4_000 * day })).toBe(true)
})
