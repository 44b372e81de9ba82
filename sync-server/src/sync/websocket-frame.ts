// A message as it goes over the wire, so that one for hundreds of receivers is made into a frame once and written to each socket as it is.

/** A whole binary message in one frame, header included, ready to be written to a socket: RFC 6455, section 5.2. A server's frames have no mask. */
export function frameMessage(message: Uint8Array): Buffer {
  const header = headerLength(message.length)
  const frame = Buffer.allocUnsafeSlow(header + message.length)
  writeHeader(frame, message.length)
  frame.set(message, header)
  return frame
}

/** What stands before a message of this length, which is written behind it. */
export function frameHeader(length: number): Buffer {
  const header = Buffer.allocUnsafeSlow(headerLength(length))
  writeHeader(header, length)
  return header
}

/** Bytes of all pieces together. */
export function totalLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

const lastFrame = 0x80
const binary = 0x02

function headerLength(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10
}

function writeHeader(frame: Buffer, length: number): void {
  frame[0] = lastFrame | binary
  if (length < 126) frame[1] = length
  else if (length < 65_536) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2)
    frame.writeUInt32BE(length % 2 ** 32, 6)
  }
}
