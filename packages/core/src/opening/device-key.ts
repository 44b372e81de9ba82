// The key a device signs its actions with: made once for each book, kept beside the device's id, and never to be read, only used.
import { base64UrlToBytes, bytesToBase64Url } from '../schema/ids.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { markNames } from './durability.ts'

/** Signs for one device. */
export interface Signer {
  /** Raw Ed25519 public key, 32 bytes as base64url. */
  readonly publicKey: string
  /** Gives a signature of 64 bytes as base64url. */
  sign(message: Uint8Array<ArrayBuffer>): Promise<string>
}

/** The key of a book that this device keeps; null where it keeps none, or none that can be used. */
export async function keptSigner(marks: StorageHandle['marks']): Promise<Signer | null> {
  try {
    const kept = (await marks.get(markNames.key)) as Partial<CryptoKeyPair> | undefined
    const { publicKey, privateKey } = kept ?? {}
    if (!(publicKey instanceof CryptoKey && privateKey instanceof CryptoKey)) return null
    return await signerWith({ publicKey, privateKey })
  } catch {
    return null
  }
}

/** Makes a key and keeps it; null where the platform has no Ed25519 or cannot keep a key: then actions are not signed. */
export async function makeSigner(marks: StorageHandle['marks']): Promise<Signer | null> {
  try {
    const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
    await marks.set(markNames.key, keys)
    return await signerWith(keys)
  } catch {
    return null // no reason to keep anybody from writing: `verifyLog` says what is not signed
  }
}

async function signerWith({ publicKey, privateKey }: CryptoKeyPair): Promise<Signer> {
  return {
    publicKey: bytesToBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))),
    async sign(message) {
      return bytesToBase64Url(new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, message)))
    },
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

const imported = new Map<string, Promise<CryptoKey | null>>()

/** Null where the bytes are no point of the curve. */
function importPublicKey(publicKey: string): Promise<CryptoKey | null> {
  const known = imported.get(publicKey)
  if (known) return known
  const importing = crypto.subtle.importKey('raw', bytesOf(publicKey), algorithm, false, ['verify']).catch(() => null)
  imported.set(publicKey, importing)
  return importing
}
