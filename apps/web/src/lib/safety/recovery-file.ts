// Everything that was set aside as one file: whole, readable by a person where it is text, and by a script where it is not.
import type { SetAside } from '@tierbook/core'

/** JSON of a recovery file; bytes are base64. */
export function recoveryFileText(file: {
  book: string
  name: string
  exportedAt: number
  items: readonly SetAside[]
}): string {
  const items = file.items.map(({ bytes, ...item }) => ({
    ...item,
    at: new Date(item.at).toISOString(),
    ...(bytes ? { base64: toBase64(bytes) } : {}),
  }))
  const exportedAt = new Date(file.exportedAt).toISOString()
  return JSON.stringify(
    { format: 'tierbook-recovery', version: 1, book: file.book, name: file.name, exportedAt, items },
    null,
    2,
  )
}

const bytesAtOnce = 24_576 // a multiple of 3, and few enough for arguments of one call

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += bytesAtOnce)
    text += btoa(String.fromCharCode(...bytes.subarray(from, from + bytesAtOnce)))
  return text
}
