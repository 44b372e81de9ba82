// Further external references as commands take them: whose they are, under which spelling of the system's name, and what an edit of them changes.
import * as z from 'zod/mini'
import type { BookProjection } from '../projection/book-projection.ts'
import { fail, type Result, succeed } from '../result.ts'
import { ExternalRef } from '../schema/entries.ts'
import { type OtherRef, refPrefix } from '../schema/other-refs.ts'
import { quote } from './check-input.ts'

/** A system's name: short, since it heads a column and is part of a key. */
export const SystemName = z
  .string()
  .check(
    z.trim(),
    z.regex(/^[\p{L}\p{N}][\p{L}\p{N} ._&+-]{0,39}$/u, { error: 'expected 1 to 40 letters, digits or spaces' }),
  )
/** Ids by the names of systems. */
export const NewOtherRefs = z.record(SystemName, z.pipe(z.string().check(z.trim()), ExternalRef))
/** The same, null where one is taken away. */
export const OtherRefsEdit = z.record(SystemName, z.nullable(z.pipe(z.string().check(z.trim()), ExternalRef)))

/** Most of one client: more systems than a provider runs, and few enough for one action. */
const mostRefs = 20

/** Fields `ref:<system>` of a client and what they come to hold. */
export type RefFields = Readonly<Record<string, string | null>>

/** What `wanted` changes about the client whose references are `current`; fields that hold the value already are left out. */
export function changedRefs(
  projection: BookProjection,
  client: { readonly id: string | null; readonly current: readonly OtherRef[] },
  wanted: RefFields,
): Result<{ readonly fields: RefFields; readonly was: RefFields }> {
  const { refs, spellings } = indexOtherRefs(projection)
  const held = new Map(client.current.map(({ system, id }) => [system, id]))
  const fields: Record<string, string | null> = {}
  const was: Record<string, string | null> = {}
  for (const [name, id] of Object.entries(wanted)) {
    const system = spellings.get(name.toLowerCase()) ?? name
    const before = held.get(system) ?? null
    if (id === before) continue
    const owner = id === null ? undefined : refs.get(refKey(system, id))
    if (owner !== undefined && owner !== client.id)
      return fail(
        'duplicate-external-ref',
        `otherRefs: ${quote(id)} of ${system} already belongs to another client`,
        'otherRefs',
        { says: 'reference-taken', externalRef: String(id) },
      )
    fields[refPrefix + system] = id
    was[refPrefix + system] = before
    if (id === null) held.delete(system)
    else held.set(system, id)
  }
  if (held.size > mostRefs && held.size > client.current.length)
    return fail('invalid-input', `otherRefs: expected at most ${mostRefs} of a client, got ${held.size}`, 'otherRefs')
  return succeed({ fields, was })
}

/** The fields of a client's references, by name. */
export function refFieldsOf(refs: readonly OtherRef[] | undefined): RefFields {
  return Object.fromEntries((refs ?? []).map(({ system, id }) => [refPrefix + system, id]))
}

/** Whose each reference is, and how the book spells the names of systems. */
export function indexOtherRefs(projection: BookProjection) {
  const refs = new Map<string, string>()
  const byId = new Map<string, Set<string>>()
  const spellings = new Map<string, string>()
  for (const { id: client, otherRefs } of projection.rows.values()) {
    for (const { system, id } of otherRefs ?? []) {
      refs.set(refKey(system, id), client)
      byId.set(id, (byId.get(id) ?? new Set()).add(client))
      spellings.set(system.toLowerCase(), system)
    }
  }
  return { refs, byId, spellings }
}

/** Of one reference; systems are the same whatever the case of their names. */
export function refKey(system: string, id: string): string {
  return JSON.stringify([system.toLowerCase(), id])
}
