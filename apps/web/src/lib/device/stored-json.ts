// Small values in local storage, checked when read: wrong content is set aside under another key, never lost and never trusted.
import type * as z from 'zod/mini'
import { m } from '#lib/paraglide/messages.js'

/** What reading gives: the value, or why there is none. */
export interface Stored<T> {
  readonly value: T | null
  /** Words for the person where something was there and could not be used. */
  readonly problem: string | null
}

/** The part of `Storage` used here. */
export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Reads `key`; content that does not fit `schema` moves to `<key>.set-aside`. */
export function readStored<S extends z.ZodMiniType>(
  storage: KeyValueStorage,
  key: string,
  schema: S,
): Stored<z.infer<S>> {
  let text: string | null = null
  try {
    text = storage.getItem(key)
    if (text === null) return { value: null, problem: null }
    const parsed = schema.safeParse(JSON.parse(text))
    if (parsed.success) return { value: parsed.data, problem: null }
    return setAside(storage, { key, text, why: firstIssue(parsed.error) })
  } catch (problem) {
    if (text === null) return { value: null, problem: m.device_blocked() }
    return setAside(storage, { key, text, why: problem instanceof Error ? problem.message : String(problem) })
  }
}

/** Writes `value`; gives words where that failed. */
export function writeStored(storage: KeyValueStorage, key: string, value: unknown): string | null {
  try {
    storage.setItem(key, JSON.stringify(value))
    return null
  } catch (problem) {
    return m.device_not_kept({ key, why: problem instanceof Error ? problem.message : String(problem) })
  }
}

function setAside(storage: KeyValueStorage, found: { key: string; text: string; why: string }): Stored<never> {
  const kept = `${found.key}.set-aside`
  storage.setItem(kept, found.text)
  storage.removeItem(found.key)
  const start = found.text.length > 60 ? `${found.text.slice(0, 60)}…` : found.text
  return {
    value: null,
    problem: m.device_set_aside({ key: found.key, why: found.why, start, kept }),
  }
}

function firstIssue(error: z.core.$ZodError): string {
  const issue = error.issues[0]
  return issue ? `${issue.path.join('.') || 'content'}: ${issue.message}` : m.device_unexpected()
}
