// Large marks in parts: a browser copies a stored value into the page in one task, which takes it tens of milliseconds for some megabytes of text.
// Parts come one by one, each in a task of its own.
import * as z from 'zod/mini'
import type { Slices } from '../slices.ts'

/** Texts in parts that are no files of their own to the browser, which those from 64 KiB on are: two bytes each where a letter is beyond Latin. */
const unitsOfPart = 30_000
/** Arrays are copied much faster; one part is used as it is, several are put together. */
const bytesOfPart = 1_048_576
/** Smaller texts and arrays stay where they are. */
const worthParting = 8_192

type Part = string | Uint8Array

/** What stands in the place of a text or an array whose content is in parts. */
const InParts = z.strictObject({
  inParts: z.enum(['text', 'Uint8Array', 'Uint32Array', 'Float64Array']),
  from: z.int(),
  to: z.int(),
})
const arrays = { Uint8Array, Uint32Array, Float64Array }
const arrayKinds = ['Uint8Array', 'Uint32Array', 'Float64Array'] as const

/** A mark whose content is in parts, as it is stored under its own key. */
const PartedMark = z.strictObject({ parts: z.int(), head: z.unknown() })

/** The key of a mark's part; those of one mark stand together, see {@link keysOfParts}. */
export function keyOfPart(mark: string, part: number): string {
  return `${mark}:${part}`
}

/** The keys of all parts of a mark. */
export function keysOfParts(mark: string): IDBKeyRange {
  return IDBKeyRange.bound(`${mark}:`, `${mark};`, false, true)
}

/** The value to store under the mark's own key, and its parts; a value without large texts and arrays has none. */
export function splitMark(value: unknown): { readonly head: unknown; readonly parts: readonly Part[] } {
  const parts: Part[] = []
  const content = takeOut(value, parts)
  return parts.length === 0 ? { head: value, parts } : { head: { parts: parts.length, head: content }, parts }
}

/** How many parts a stored value has. */
export function countParts(stored: unknown): number {
  return PartedMark.safeParse(stored).data?.parts ?? 0
}

/** The value that {@link splitMark} was given. What is missing is left out: the checksum over the value tells. */
export function* joiningMark(stored: unknown, parts: readonly unknown[]): Slices<unknown> {
  const parted = PartedMark.safeParse(stored)
  return parted.success ? yield* putBack(parted.data.head, parts) : stored
}

function takeOut(value: unknown, parts: Part[]): unknown {
  if (typeof value === 'string' && value.length > worthParting) {
    const from = parts.length
    for (let at = 0; at < value.length; at += unitsOfPart) parts.push(value.slice(at, at + unitsOfPart))
    return { inParts: 'text', from, to: parts.length }
  }
  const inParts = ArrayBuffer.isView(value) ? arrayKinds.find((kind) => value instanceof arrays[kind]) : undefined
  if (ArrayBuffer.isView(value) && value.byteLength > worthParting && inParts) {
    const from = parts.length
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    for (let at = 0; at < bytes.length; at += bytesOfPart) parts.push(bytes.slice(at, at + bytesOfPart))
    return { inParts, from, to: parts.length }
  }
  const names = fieldNamesOf(value)
  if (!names) return value
  const fields = names.map((name) => takeOut(Reflect.get(value as object, name), parts))
  return withFields(value, names, fields)
}

function* putBack(value: unknown, parts: readonly unknown[]): Slices<unknown> {
  const found = InParts.safeParse(value)
  if (found.success) {
    yield
    const { inParts, from, to } = found.data
    const own = parts.slice(from, to)
    if (inParts === 'text') return own.filter((part) => typeof part === 'string').join('')
    const bytes = joinBytes(own.filter((part) => part instanceof Uint8Array))
    const kind = arrays[inParts]
    return new kind(bytes.buffer as ArrayBuffer, 0, Math.floor(bytes.length / kind.BYTES_PER_ELEMENT))
  }
  const names = fieldNamesOf(value)
  if (!names) return value
  const fields: unknown[] = []
  for (const name of names) fields.push(yield* putBack(Reflect.get(value as object, name), parts))
  return withFields(value, names, fields)
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts
  if (first && parts.length === 1 && first.byteOffset === 0) return first
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Of plain objects and arrays: what else can be stored, such as keys, is stored as it is. */
function fieldNamesOf(value: unknown): readonly string[] | null {
  const isPlain = Array.isArray(value) || (typeof value === 'object' && isPlainObject(value))
  return isPlain ? Object.keys(value as object) : null
}

/** The same with other fields. */
function withFields(value: unknown, names: readonly string[], fields: readonly unknown[]): unknown {
  if (Array.isArray(value)) return fields
  return Object.fromEntries(names.map((name, place): [string, unknown] => [name, fields[place]]))
}

function isPlainObject(value: object | null): boolean {
  return value !== null && Object.getPrototypeOf(value) === Object.prototype
}
