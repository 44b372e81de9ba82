import { createDecoder, readVarUint } from 'lib0/decoding'
import { expect, test } from 'vitest'
import { decodeDurable, encodeDurable } from './durable.ts'
import { messageType } from './wire.ts'

test('[SY1] message 100 carries clocks and, where there are any, refusals', () => {
  const clocks = new Map([
    [4_294_967_295, 12],
    [7, 0],
  ])
  for (const refused of [[], [{ client: 7, from: 0, to: 3, code: 'forged-author' }]]) {
    const decoder = createDecoder(encodeDurable(clocks, refused))
    expect(readVarUint(decoder)).toBe(messageType.durable)
    expect(decodeDurable(decoder)).toEqual({ clocks, refused })
  }
})
