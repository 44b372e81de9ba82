// What tells that something stored is what this version wrote: its version, and a checksum.
import type { Column } from '../log/columns.ts'
import { entrySchemas } from '../schema/entries.ts'

/** A version that knows other kinds reads the same log otherwise. */
export function versionOf(version: number): string {
  return `${version}: ${Object.keys(entrySchemas).join()}`
}

/** 32 bits: for what went bad on a disk, not against somebody who wants to deceive this device. */
export function sumOfText(text: string): number {
  let sum = 0x811c9dc5
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193)
  return sum | 0
}

/** Goes on from `start` over a column's bytes. */
export function addColumn(start: number, { buffer, byteOffset, byteLength }: Column): number {
  let sum = start
  const words = byteOffset % 4 === 0 ? new Uint32Array(buffer, byteOffset, byteLength >> 2) : new Uint32Array(0)
  for (const word of words) sum = Math.imul(sum ^ word, 0x01000193) ^ (sum >>> 15)
  for (const byte of new Uint8Array(buffer, byteOffset + words.byteLength, byteLength - words.byteLength))
    sum = Math.imul(sum ^ byte, 0x01000193)
  return sum | 0
}
