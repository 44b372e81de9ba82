// Identifiers: 22 characters of base64url for what people make, `<session>.<seq>` for actions, `<action>/<index>` for entries.
import { v7 } from 'uuid'
import * as z from 'zod/mini'

/**
 * A fresh id (UUIDv7 as 22 characters of base64url) for a book, client, tier, actor or device. It follows from its draw and its time alone, and not from
 * the ids before it, so that a seeded run plays the same whatever ran before.
 */
export function createId(): string {
  const random = crypto.getRandomValues(new Uint8Array(16))
  return bytesToBase64Url(v7({ random, msecs: Date.now() }, new Uint8Array(16)))
}

/** 64 random bits as 11 characters: one opening of a book. Never persisted and never shared by tabs. */
export function createSessionId(random: (bytes: Uint8Array) => Uint8Array): string {
  return bytesToBase64Url(random(new Uint8Array(8)))
}

const idPattern = /^[\w-]{22}$/

/** Id of a book, client, actor, device or added tier. */
export const Id = z.string().check(z.regex(idPattern))
/** Whether `text` is an {@link Id}, for where ten thousand are checked at once. */
export const isId = (text: string): boolean => idPattern.test(text)
/** Id of a tier: a built-in word or an {@link Id}. */
export const TierId = z.string().check(z.regex(/^(?:[a-z]{2,20}|[\w-]{22})$/))
/** `<session>.<seq>`. */
export const ActionId = z.string().check(z.regex(/^[\w-]{11}\.(?:0|[1-9]\d{0,9})$/))
/** `<session>.<seq>/<index>`. */
export const EntryId = z.string().check(z.regex(/^[\w-]{11}\.(?:0|[1-9]\d{0,9})\/(?:0|[1-9]\d{0,2})$/))

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Bytes as base64url without padding. */
export function bytesToBase64Url(bytes: Uint8Array): string {
  let text = ''
  // Three bytes are four characters; what lacks at the end counts as 0 and gives no character.
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const characters = Math.min(4, bytes.length - at + 1)
    for (let shift = 18; shift > 18 - 6 * characters; shift -= 6) text += alphabet.charAt((bits >> shift) & 63)
  }
  return text
}

/** The bytes of a base64url text. */
export function base64UrlToBytes(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}
