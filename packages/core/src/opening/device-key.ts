// The key a device signs its actions with: made once for each book, kept beside the device's id, and never to be read, only used.
import { base64UrlToBytes, bytesToBase64Url } from '../schema/ids.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { withLock } from '../storage/with-lock.ts'
import { markNames } from './durability.ts'

/** Signs for one device. */
export interface Signer {
  /** Raw Ed25519 public key, 32 bytes as base64url. */
  readonly publicKey: string
  /** Gives a signature of 64 bytes as base64url. */
  sign(message: Uint8Array<ArrayBuffer>): Promise<string>
}

/** Loads or makes this device's key of a book; null where the platform has no Ed25519 or cannot keep a key: then actions are not signed. */
export async function deviceSigner(book: string, marks: StorageHandle['marks']): Promise<Signer | null> {
  try {
    // Two tabs that open a new book at once make one key.
    const keys = await withLock(`tierbook-key-${book}`, async () => (await keptKeys(marks)) ?? makeKeys(marks))
    const publicKey = bytesToBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey)))
    return {
      publicKey,
      async sign(message) {
        return bytesToBase64Url(new Uint8Array(await crypto.subtle.sign(algorithm, keys.privateKey, message)))
      },
    }
  } catch {
    return null // no reason to keep anybody from writing: `verifyLog` says what is not signed
  }
}

/** Whether `sig` is the signature of `message` under `publicKey`; both as base64url. */
export async function isSignedBy(publicKey: string, sig: string, message: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const key = await importPublicKey(publicKey)
  // The last character has bits that say nothing: with others it is another text, and not what the device wrote.
  if (bytesToBase64Url(bytesOf(sig)) !== sig) return false
  return key !== null && crypto.subtle.verify(algorithm, key, bytesOf(sig), message)
}

const algorithm = 'Ed25519'
const bytesOf = (text: string) => new Uint8Array(base64UrlToBytes(text))

async function keptKeys(marks: StorageHandle['marks']): Promise<CryptoKeyPair | null> {
  const kept = (await marks.get(markNames.key)) as Partial<CryptoKeyPair> | undefined
  const { publicKey, privateKey } = kept ?? {}
  return publicKey instanceof CryptoKey && privateKey instanceof CryptoKey ? { publicKey, privateKey } : null
}

async function makeKeys(marks: StorageHandle['marks']): Promise<CryptoKeyPair> {
  const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  await marks.set(markNames.key, keys)
  return keys
}

const imported = new Map<string, Promise<CryptoKey | null>>()

/** Null where the bytes are no point of the curve. */
function importPublicKey(publicKey: string): Promise<CryptoKey | null> {
  const known = imported.get(publicKey)
  if (known) return known
  const importing = crypto.subtle.importKey('raw', bytesOf(publicKey), algorithm, false, ['verify']).catch(() => null)
  imported.set(publicKey, importing)
  return importing
}
