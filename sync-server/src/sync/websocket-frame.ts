// A message as it goes over the wire, so that one for hundreds of receivers is made into a frame once and written to each socket as it is.

/** A whole binary message in one frame, header included, ready to be written to a socket: RFC 6455, section 5.2. A server's frames have no mask. */
export function frameMessage(message: Uint8Array): Buffer {
  const { length } = message
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafeSlow(header + length)
  frame[0] = lastFrame | binary
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2)
    frame.writeUInt32BE(length % 2 ** 32, 6)
  }
  frame.set(message, header)
  return frame
}

const lastFrame = 0x80
const binary = 0x02
