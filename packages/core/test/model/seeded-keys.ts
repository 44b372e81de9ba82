// Stands in for the runtime's Ed25519, which works on another thread and draws keys of its own: here both follow the seed, and a signature takes as many
// turns as the run says.
import { createPrivateKey, createPublicKey, KeyObject, sign, verify } from 'node:crypto'
import type { Random } from '../../src/testing/random.ts'

const algorithm = 'Ed25519'
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')
/** Enough for others' edits to arrive while an action is signed. */
const mostTurns = 3

/** Takes the place of `crypto.subtle` until the function it gives is called. */
export function replaceKeys(random: Random): () => void {
  const own = crypto.subtle
  const subtle: Partial<SubtleCrypto> = {
    generateKey: (() => Promise.resolve(makeKeys(random))) as unknown as SubtleCrypto['generateKey'],
    exportKey: ((_format: string, key: CryptoKey) => Promise.resolve(rawOf(key))) as SubtleCrypto['exportKey'],
    importKey: ((_format: string, raw: Uint8Array) => Promise.resolve(publicKeyOf(raw))) as SubtleCrypto['importKey'],
    async sign(_how, key, message) {
      for (let turns = random.below(mostTurns + 1); turns > 0; turns--) await new Promise(setImmediate)
      return new Uint8Array(sign(null, bytesOf(message), KeyObject.from(key))).buffer
    },
    verify: (_how, key, sig, message) =>
      Promise.resolve(verify(null, bytesOf(message), KeyObject.from(key), bytesOf(sig))),
  }
  Object.defineProperty(crypto, 'subtle', { configurable: true, value: subtle })
  return () => Object.defineProperty(crypto, 'subtle', { configurable: true, value: own })
}

function makeKeys(random: Random): CryptoKeyPair {
  const der = Buffer.concat([pkcs8Head, random.fill(new Uint8Array(32))])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return {
    // To be read by what signs here.
    privateKey: key.toCryptoKey(algorithm, true, ['sign']) as CryptoKey,
    publicKey: createPublicKey(key).toCryptoKey(algorithm, true, ['verify']) as CryptoKey,
  }
}

function rawOf(key: CryptoKey): ArrayBuffer {
  const { x } = KeyObject.from(key).export({ format: 'jwk' })
  return new Uint8Array(Buffer.from(x ?? '', 'base64url')).buffer
}

function publicKeyOf(raw: Uint8Array): CryptoKey {
  const x = Buffer.from(raw).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: algorithm, x }, format: 'jwk' })
  return key.toCryptoKey(algorithm, true, ['verify']) as CryptoKey
}

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
}
