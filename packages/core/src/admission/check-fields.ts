// Described fields: only the book's own roots, flat values, each named by an entry of the same session in the same update (AD5).
import type { Primitive } from './byte-reader.ts'
import type { LoggedAction } from './check-log.ts'
import type { FreshStruct } from './fresh-structs.ts'
import { maxFieldLength, maxKeyLength } from './limits.ts'
import { refuse } from './refusal.ts'

const describedRoots: ReadonlySet<string> = new Set(['meta', 'clients', 'tiers', 'views'])

/** Refuses fields that no command writes, or that no entry accounts for. */
export function checkFields(
  fresh: ReadonlyMap<number, readonly FreshStruct[]>,
  actions: readonly LoggedAction[],
): void {
  const subjects = subjectsByClient(actions)
  for (const structs of fresh.values()) {
    for (const struct of structs) {
      const { root, key } = struct.place
      if (root === 'log' || root === 'activity') continue
      if (!describedRoots.has(root)) refuse('unknown-root', `root ${JSON.stringify(root)} is not part of a book`)
      if (key === null) refuse('invalid-field', `${root}: expected a map key, got a list element`)
      if (key.length === 0 || key.length > maxKeyLength)
        refuse('invalid-field', `${root}: expected a key of 1 to ${maxKeyLength} characters`)
      if (struct.struct.rightOrigin !== null) refuse('malformed', `${root} ${key}: a field has no right neighbour`)
      for (const value of struct.struct.values) checkValue(value, root, key)
      if (!subjects.get(struct.client)?.has(subjectOf(root, key))) {
        // The fields and the action that names them are one transaction, so they stand side by side under one client id.
        refuse('unlogged-change', `${root} ${key}: no entry about ${subjectOf(root, key)} comes with it`)
      }
    }
  }
}

function subjectsByClient(actions: readonly LoggedAction[]): Map<number, Set<string>> {
  const subjects = new Map<number, Set<string>>()
  for (const { client, action } of actions) {
    let ofClient = subjects.get(client)
    if (!ofClient) subjects.set(client, (ofClient = new Set()))
    for (const { subject } of action.entries) ofClient.add(subject)
  }
  return subjects
}

function subjectOf(root: string, key: string): string {
  if (root === 'meta') return 'book'
  const slash = key.indexOf('/')
  return slash === -1 ? key : key.slice(0, slash)
}

function checkValue(value: Primitive, root: string, key: string): void {
  if (value === undefined) refuse('invalid-field', `${root} ${key}: expected a value, got undefined`)
  if (typeof value === 'number' && !Number.isFinite(value))
    refuse('invalid-field', `${root} ${key}: expected a finite number, got ${value}`)
  if (typeof value === 'string' && value.length > maxFieldLength) {
    refuse('too-large', `${root} ${key}: expected at most ${maxFieldLength} characters, got ${value.length}`)
  }
}
