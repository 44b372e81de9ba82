// What an admitted update changes, as bytes: without the known structs and the whole delete set that may come with it, and with the deletes that
// follow from it. That is what is stored and told.
import { type AdmittedUpdate, type ClockRange, findDeletes, type NewDeletes } from '@tierbook/core/admission'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

/** `before` are the next clocks of the update's client ids as they were known. */
export function changedBytes(
  update: Uint8Array,
  { isAllNew, deletesAt, changes }: AdmittedUpdate,
  { said, implied }: NewDeletes,
  before: ReadonlyMap<number, number>,
): Uint8Array {
  if (isAllNew && implied.length === 0 && lengthOf(said) === lengthOf(changes.deletes)) return update
  const deletes = encodeDeletes(rangesByClient([...said, ...implied]))
  const structs = isAllNew ? update.subarray(0, deletesAt) : newStructs(update, before)
  const bytes = new Uint8Array(structs.length + deletes.length)
  bytes.set(structs)
  bytes.set(deletes, structs.length)
  return bytes
}

/** Deletes in the Yjs v1 format: what stands behind the structs of an update. */
export function encodeDeletes(deletes: ReadonlyMap<number, readonly (readonly [number, number])[]>): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, deletes.size)
  for (const [client, ranges] of deletes) {
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, ranges.length)
    for (const [from, to] of ranges) {
      encoding.writeVarUint(encoder, from)
      encoding.writeVarUint(encoder, to - from)
    }
  }
  return encoding.toUint8Array(encoder)
}

function newStructs(update: Uint8Array, before: ReadonlyMap<number, number>): Uint8Array {
  const rest = Y.diffUpdate(update, Y.encodeStateVector(new Map(before)))
  return rest.subarray(0, findDeletes(rest))
}

function rangesByClient(ranges: readonly ClockRange[]): Map<number, [number, number][]> {
  const byClient = new Map<number, [number, number][]>()
  for (const { client, from, to } of ranges) {
    const ofClient = byClient.get(client)
    if (ofClient) ofClient.push([from, to])
    else byClient.set(client, [[from, to]])
  }
  return byClient
}

function lengthOf(ranges: readonly { readonly from: number; readonly to: number }[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0)
}
