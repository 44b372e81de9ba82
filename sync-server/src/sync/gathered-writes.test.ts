import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createGatheredWrites } from './gathered-writes.ts'

/** A socket, with each call of the system that it would make. */
function sampleSocket() {
  const calls: string[][] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      calls.push([chunk.toString()])
      done()
    },
    writev(chunks, done) {
      calls.push(chunks.map(({ chunk }) => (chunk as Buffer).toString()))
      done()
    },
  })
  return { stream, calls }
}

test('what is said in one go is written once, what is said later by itself, in order', async () => {
  const { stream, calls } = sampleSocket()
  const writes = createGatheredWrites(stream)
  writes.write(Buffer.from('edit '))
  writes.write(Buffer.from('receipt'))
  expect(writes.waiting).toBe(12)
  expect(calls).toEqual([])
  await Promise.resolve()
  expect(calls).toEqual([['edit receipt']])
  expect(writes.waiting).toBe(0)
  writes.write(Buffer.from('acknowledgement'))
  await Promise.resolve()
  expect(calls).toEqual([['edit receipt'], ['acknowledgement']])
})

test('what is large is not copied, and goes out in one call too', async () => {
  const { stream, calls } = sampleSocket()
  const writes = createGatheredWrites(stream)
  const large = 'x'.repeat(5_000)
  writes.write(Buffer.from(large))
  writes.write(Buffer.from('receipt'))
  await Promise.resolve()
  expect(calls).toEqual([[large, 'receipt']])
})

test('what is written past it comes behind what waited', async () => {
  const { stream, calls } = sampleSocket()
  const writes = createGatheredWrites(stream)
  writes.write(Buffer.from('refusal'))
  writes.flush()
  stream.write('close')
  await Promise.resolve()
  expect(calls).toEqual([['refusal'], ['close']])
})
