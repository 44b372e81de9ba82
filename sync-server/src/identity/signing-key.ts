// The Ed25519 key that signs invites and access tokens: made once, in the data folder or, for several nodes, in their database.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'

/** Both halves. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** Reads the key at `file`, making it first where there is none. Throws where the file holds something else. */
export function openSigningKey(file: string): SigningKey {
  return readSigningKey(readText(file) ?? makeKey(file), file)
}

/** Reads a key as {@link writeSigningKey} wrote it. Throws where the text holds something else; `place` says where it lies. */
export function readSigningKey(pem: string, place: string): SigningKey {
  try {
    const privateKey = createPrivateKey(pem)
    if (privateKey.asymmetricKeyType !== 'ed25519')
      throw new Error(`expected an Ed25519 key, got ${privateKey.asymmetricKeyType}`)
    return { privateKey, publicKey: createPublicKey(privateKey) }
  } catch (cause) {
    throw new Error(
      `the signing key ${place} cannot be read; restore it from a backup, or delete it to sign everyone out`,
      { cause },
    )
  }
}

/** A new key as text. */
export function writeSigningKey(): string {
  return createSigningKey().privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** A key that lives in memory, for tests. */
export function createSigningKey(): SigningKey {
  return generateKeyPairSync('ed25519')
}

/** Written beside and linked into place: of two processes that begin at once, both end up with the first one's key. */
function makeKey(file: string): string {
  const pem = writeSigningKey()
  const draft = `${file}.${process.pid}`
  const descriptor = openSync(draft, 'wx', 0o600)
  try {
    writeSync(descriptor, pem)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8')
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
