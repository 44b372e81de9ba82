// Finds what can be handed to another thread as it is: copying a whole book holds up the thread that sends it.

/** Less is copied as quickly, and may lie in memory that others share. */
const worthMoving = 65_536

/** The memory of large byte arrays in a value and in what it holds, where it is theirs alone. */
export function ownMemory(value: unknown): ArrayBuffer[] {
  if (value instanceof Uint8Array) {
    const { buffer, byteLength } = value
    return buffer instanceof ArrayBuffer && byteLength >= worthMoving && buffer.byteLength === byteLength
      ? [buffer]
      : []
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(ownMemory) : []
}
