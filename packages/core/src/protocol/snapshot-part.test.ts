import { createDecoder, readVarUint } from 'lib0/decoding'
import { expect, test } from 'vitest'
import {
  decodeSnapshotPart,
  encodeSnapshotPartHead,
  maxPackedSnapshotBytes,
  snapshotPartBytes,
  snapshotParts,
} from './snapshot-part.ts'
import { messageType } from './wire.ts'

const read = (head: Uint8Array, packed: readonly number[] = []) => {
  const decoder = createDecoder(Uint8Array.from([...head, ...packed]))
  expect(readVarUint(decoder)).toBe(messageType.snapshotPart)
  return decodeSnapshotPart(decoder)
}

test('[SY6] message 105 says which part it is and how long the snapshot is, and carries the packed bytes to its end', () => {
  const length = 3 * snapshotPartBytes + 1
  const { packed, ...head } = read(encodeSnapshotPartHead({ part: 3, length }), [31, 139, 8])
  expect(head).toEqual({ part: 3, length })
  expect([...packed]).toEqual([31, 139, 8])
})

test('[SY6] a snapshot has a part for each MiB that it begins, and one where it is empty', () => {
  const lengths = [0, 1, snapshotPartBytes, snapshotPartBytes + 1, 2 * snapshotPartBytes]
  expect(lengths.map(snapshotParts)).toEqual([1, 1, 1, 2, 2])
})

test('[SY6] a part of no snapshot, or of one that is too long to set memory aside for, cannot be read', () => {
  expect(() => read(encodeSnapshotPartHead({ part: 1, length: snapshotPartBytes }))).toThrow('one of 1 parts')
  expect(read(encodeSnapshotPartHead({ part: 0, length: maxPackedSnapshotBytes })).part).toBe(0)
  expect(() => read(encodeSnapshotPartHead({ part: 0, length: maxPackedSnapshotBytes + 1 }))).toThrow('at most')
  const head = encodeSnapshotPartHead({ part: 0, length: 300 })
  expect(() => read(head.slice(0, head.length - 1))).toThrow()
})
