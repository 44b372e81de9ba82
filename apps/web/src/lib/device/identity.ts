// Who this browser profile is: an actor and a device, minted here at first run with no server asked.
import { createId } from '@tierbook/core'
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from './stored-json.ts'

const key = 'tierbook.identity'
const Id = z.string().check(z.regex(/^[\w-]{22}$/))

export const Identity = z.object({
  actor: Id,
  device: Id,
  /** What others see; null until the person told it. */
  name: z.nullable(z.string().check(z.minLength(1), z.maxLength(200))),
})
export type Identity = z.infer<typeof Identity>

/** Reads the identity of this profile or mints one. */
export function loadIdentity(storage: KeyValueStorage): { identity: Identity; problem: string | null } {
  const stored = readStored(storage, key, Identity)
  if (stored.value) return { identity: stored.value, problem: null }
  const identity = { actor: createId(), device: createId(), name: null }
  return { identity, problem: stored.problem ?? saveIdentity(storage, identity) }
}

/** Keeps the identity; gives words where that failed. */
export function saveIdentity(storage: KeyValueStorage, identity: Identity): string | null {
  return writeStored(storage, key, identity)
}
