// Test support: writes Yjs v1 updates byte by byte, so that tests can say what no Yjs would.
import * as encoding from 'lib0/encoding'
import type { StructId } from './known-book.ts'

/** One struct as bytes; `origin` and the rest as in the format. */
export interface SampleStruct {
  readonly content: 'gc' | 'skip' | 'deleted' | 'any' | 'type' | 'string' | 'raw'
  readonly length?: number
  readonly values?: readonly unknown[]
  readonly raw?: { readonly ref: number; readonly write: (encoder: encoding.Encoder) => void }
  readonly origin?: StructId
  readonly rightOrigin?: StructId
  readonly root?: string
  readonly parent?: StructId
  readonly key?: string
}

export interface SampleUpdate {
  readonly sections?: readonly {
    readonly client: number
    readonly clock: number
    readonly structs: readonly SampleStruct[]
  }[]
  readonly deletes?: readonly { readonly client: number; readonly from: number; readonly length: number }[]
}

const contentRef = { gc: 0, deleted: 1, string: 4, type: 7, any: 8, skip: 10, raw: 0 } as const

export function encodeSample({ sections = [], deletes = [] }: SampleUpdate): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, sections.length)
  for (const { client, clock, structs } of sections) {
    encoding.writeVarUint(encoder, structs.length)
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
    for (const struct of structs) writeStruct(encoder, struct)
  }
  encoding.writeVarUint(encoder, deletes.length)
  for (const { client, from, length } of deletes) {
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint(encoder, from)
    encoding.writeVarUint(encoder, length)
  }
  return encoding.toUint8Array(encoder)
}

function writeStruct(encoder: encoding.Encoder, struct: SampleStruct): void {
  const ref = struct.raw?.ref ?? contentRef[struct.content]
  if (struct.content === 'gc' || struct.content === 'skip') {
    encoding.writeUint8(encoder, ref)
    encoding.writeVarUint(encoder, struct.length ?? 1)
    return
  }
  const { origin, rightOrigin, key } = struct
  encoding.writeUint8(encoder, ref | (origin ? 0x80 : 0) | (rightOrigin ? 0x40 : 0) | (key === undefined ? 0 : 0x20))
  for (const id of [origin, rightOrigin]) if (id) writeId(encoder, id)
  if (!origin && !rightOrigin) {
    encoding.writeVarUint(encoder, struct.parent ? 0 : 1)
    if (struct.parent) writeId(encoder, struct.parent)
    else encoding.writeVarString(encoder, struct.root ?? 'log')
    if (key !== undefined) encoding.writeVarString(encoder, key)
  }
  if (struct.raw) struct.raw.write(encoder)
  else if (struct.content === 'deleted') encoding.writeVarUint(encoder, struct.length ?? 1)
  else if (struct.content === 'type') encoding.writeVarUint(encoder, 1)
  else if (struct.content === 'string') encoding.writeVarString(encoder, 'text')
  else {
    const values = struct.values ?? []
    encoding.writeVarUint(encoder, struct.length ?? values.length)
    for (const value of values) encoding.writeAny(encoder, value as never)
  }
}

function writeId(encoder: encoding.Encoder, { client, clock }: StructId): void {
  encoding.writeVarUint(encoder, client)
  encoding.writeVarUint(encoder, clock)
}
