import { expect, test, vi } from 'vitest'
import { createRepeats } from './repeats.ts'

const filled = (byte: number, length = 1_000) => new Uint8Array(length).fill(byte)

test('exactly the bytes that brought nothing are known again, whatever becomes of the frame that they came in', () => {
  const repeats = createRepeats()
  const frame = filled(1)
  repeats.noteNothingNew(frame)
  frame.fill(9)
  expect(repeats.isNothingNew(filled(1))).toBe(true)
  expect(repeats.isNothingNew(frame)).toBe(false)
  expect(repeats.isNothingNew(filled(1, 999))).toBe(false)
  repeats.forget()
  expect(repeats.isNothingNew(filled(1))).toBe(false)
})

test('no more is kept than a few updates that are worth it', () => {
  const repeats = createRepeats()
  for (let byte = 0; byte < 5; byte++) repeats.noteNothingNew(filled(byte))
  expect([0, 1, 2, 3, 4].map((byte) => repeats.isNothingNew(filled(byte)))).toEqual([false, true, true, true, true])
  for (const length of [511, 262_145]) {
    repeats.noteNothingNew(filled(7, length))
    expect(repeats.isNothingNew(filled(7, length))).toBe(false)
  }
})

test('an answer is made once for who asks the same, and anew where more is stored or who asks cannot unpack', async () => {
  const repeats = createRepeats()
  const make = vi.fn(() => Promise.resolve([[filled(1)]]))
  const asker = { stateVector: Uint8Array.of(1, 2), unpacks: true }
  const first = await repeats.answer(asker, make)
  expect(await repeats.answer({ ...asker, stateVector: Uint8Array.of(1, 2) }, make)).toBe(first)
  expect(make).toHaveBeenCalledTimes(1)
  await repeats.answer({ ...asker, unpacks: false }, make)
  await repeats.answer({ ...asker, stateVector: Uint8Array.of(1, 3) }, make)
  expect(make).toHaveBeenCalledTimes(3)
  repeats.forgetAnswers()
  await repeats.answer(asker, make)
  expect(make).toHaveBeenCalledTimes(4)
})
