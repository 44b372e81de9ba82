// The fields that merely describe a client, as the document holds them: anything can be in there.
import type { Map as YMap } from 'yjs'
import { textLimits } from '../schema/entries.ts'
import { type OtherRef, refPrefix, systemOf } from '../schema/other-refs.ts'

/** What the document says of one client, unchecked. */
export interface DescribedFields {
  name?: unknown
  createdOn?: unknown
  externalRef?: unknown
  note?: unknown
  /** Those of systems whose field holds something. */
  otherRefs?: readonly OtherRef[]
}

/** The fields of one client; a map cannot be asked for keys by their beginning, so `systems` names those to look for. */
export function fieldsOf(clients: YMap<unknown>, id: string, systems: Iterable<string>): DescribedFields {
  return {
    name: clients.get(`${id}/name`),
    createdOn: clients.get(`${id}/createdOn`),
    externalRef: clients.get(`${id}/externalRef`),
    note: clients.get(`${id}/note`),
    otherRefs: [...systems].flatMap((system) => toRef(system, clients.get(`${id}/${refPrefix}${system}`)) ?? []),
  }
}

/** The fields of all clients in one walk, which costs a quarter of asking for each; names of systems go into `systems`. */
export function fieldsByClient(clients: YMap<unknown>, systems: Set<string>): ReadonlyMap<string, DescribedFields> {
  const byClient = new Map<string, DescribedFields>()
  let id = ''
  let fields: DescribedFields = {}
  clients.forEach((value, key) => {
    const slash = key.indexOf('/')
    // A client's fields were mostly written together and stand together.
    if (slash !== id.length || !key.startsWith(id)) {
      id = key.slice(0, slash)
      fields = byClient.get(id) ?? {}
      byClient.set(id, fields)
    }
    const field = key.slice(slash + 1)
    if (field === 'name' || field === 'createdOn' || field === 'externalRef' || field === 'note') fields[field] = value
    const system = systemOf(field)
    if (system === null) return
    systems.add(system)
    const ref = toRef(system, value)
    if (ref) fields.otherRefs = [...(fields.otherRefs ?? []), ref]
  })
  return byClient
}

function toRef(system: string, value: unknown): OtherRef | null {
  const id = textOr(value, textLimits.externalRef)
  return id === null ? null : { system, id }
}

/** A text that a row shows; null for what is none. */
export function textOr(value: unknown, max: number): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= max ? value : null
}
