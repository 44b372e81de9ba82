import * as decoding from 'lib0/decoding'
import { expect, test } from 'vitest'
import { decodeServerFacts, encodeServerFacts } from './server-facts.ts'
import { messageType } from './wire.ts'

test('[SY1] message 103 says whether the server can store, and how safe that is; what a later server adds is left out', () => {
  for (const storing of [true, false]) {
    for (const replicated of [true, false]) {
      const decoder = decoding.createDecoder(Uint8Array.from([...encodeServerFacts({ storing, replicated }), 7]))
      expect(decoding.readVarUint(decoder)).toBe(messageType.serverFacts)
      expect(decodeServerFacts(decoder)).toEqual({ storing, replicated })
    }
  }
})
