// The hash that one action of a session names the one before it by.
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToBase64Url } from '../schema/ids.ts'

/** SHA-256 of a text's UTF-8 bytes as 43 characters of base64url. */
export function hashText(text: string): string {
  return bytesToBase64Url(sha256(encoder.encode(text)))
}

const encoder = new TextEncoder()
