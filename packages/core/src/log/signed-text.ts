// What a device signs of an action, and how the signature stands in the action's text. See docs/data-model.md, "Signatures".

/** A signed action's text in two parts. */
export interface SignedText {
  /** The canonical text without `sig`. */
  readonly bare: string
  /** 64 bytes as base64url. */
  readonly sig: string
}

/** The bytes that are signed: what kind of text it is, in which book, and the canonical text without `sig`. So no signature holds elsewhere. */
export function messageOf(book: string, bare: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`tierbook action 1\n${book}\n${bare}`)
}

const encoder = new TextEncoder()

/** The text with a signature, still canonical: only `v` sorts behind `sig`. */
export function withSignature(bare: string, sig: string): string {
  const place = bare.lastIndexOf(',"v":')
  return `${bare.slice(0, place)},"sig":"${sig}"${bare.slice(place)}`
}

/** Takes a text apart; null where it has no signature. Expects the canonical text of an action, whose end no entry can imitate. */
export function splitSigned(text: string): SignedText | null {
  const found = signed.exec(text)
  const sig = found?.[1]
  return found && sig ? { bare: text.slice(0, found.index) + text.slice(found.index + lengthOfSig), sig } : null
}

const signed = /,"sig":"([\w-]{86})"(?=,"v":\d+\}$)/
const lengthOfSig = ',"sig":""'.length + 86
