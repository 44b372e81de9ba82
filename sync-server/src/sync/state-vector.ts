// Checks a client's state vector: Yjs itself would believe any declared count.
import * as decoding from 'lib0/decoding'

/** Whether the bytes are a state vector, whole and with nothing behind it. */
export function isStateVector(bytes: Uint8Array): boolean {
  const decoder = decoding.createDecoder(bytes)
  try {
    const count = decoding.readVarUint(decoder)
    if (count * 2 > bytes.length) return false
    for (let i = 0; i < count * 2; i++) decoding.readVarUint(decoder)
  } catch {
    return false
  }
  return decoder.pos === bytes.length
}
