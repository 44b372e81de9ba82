// The envelope of one action: what one actor did at once, one element of the log, kept as canonical JSON text (RFC 8785).
import * as z from 'zod/mini'
import { type AnyEntry, entrySchemas, isKnownKind } from './entries.ts'
import { ActionId, Id } from './ids.ts'

/** Schema version that this package writes. */
export const schemaVersion = 1
/** Most entries in one action: an import row makes two or three, so 500 keeps an action well below its bytes. */
export const maxEntriesPerAction = 500
/** Most UTF-8 bytes of one action's text: 256 KiB, so that a frame of some actions stays below 1 MiB. */
export const maxActionBytes = 262_144

/** Any entry's envelope: a kind and what it is about. */
export const EntryEnvelope = z.object({
  kind: z.string().check(z.regex(/^[a-z]{1,32}\.[a-z]{1,32}$/)),
  subject: z.string().check(z.minLength(1), z.maxLength(128)),
})

/** An action's envelope; bodies of entries are checked by kind in {@link parseAction}. */
export const ActionEnvelope = z.object({
  v: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  id: ActionId,
  n: z.int().check(z.minimum(1), z.maximum(Number.MAX_SAFE_INTEGER)),
  at: z.int().check(z.minimum(-8_640_000_000_000_000), z.maximum(8_640_000_000_000_000)),
  by: Id,
  device: Id,
  prev: z.nullable(z.string().check(z.regex(/^[\w-]{43}$/))),
  sig: z.optional(z.string().check(z.regex(/^[\w-]{86}$/))),
  entries: z.array(z.unknown()).check(z.minLength(1), z.maxLength(maxEntriesPerAction)),
  batch: z.optional(Id),
  of: z.optional(z.int().check(z.minimum(1), z.maximum(100_000))),
})

/**
 * What one actor did at once. `n` is a Lamport number, `at` the device's clock in epoch ms, `prev` the SHA-256 of the session's previous text,
 * `sig` the device's Ed25519 signature of the text without it.
 */
export interface Action {
  readonly v: number
  readonly id: string
  readonly n: number
  readonly at: number
  readonly by: string
  readonly device: string
  readonly prev: string | null
  readonly sig?: string
  readonly entries: readonly AnyEntry[]
  readonly batch?: string
  readonly of?: number
}

/** What reading one element of the log gives: an action, or why it is none. */
export type ParsedAction =
  { readonly ok: true; readonly action: Action } | { readonly ok: false; readonly problem: string }

/** Reads and checks one element of the log. Bodies of known kinds must fit their schema; unknown kinds pass as they are (LG4). */
export function parseAction(text: unknown): ParsedAction {
  if (typeof text !== 'string') return { ok: false, problem: `expected a text, got ${typeof text}` }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, problem: `expected JSON, got ${JSON.stringify(text.slice(0, 80))}` }
  }
  return checkAction(json)
}

/** Checks an already parsed element of the log. */
export function checkAction(json: unknown): ParsedAction {
  const envelope = ActionEnvelope.safeParse(json)
  if (!envelope.success) return { ok: false, problem: issueText(envelope.error, '') }
  const action = json as Action
  for (let index = 0; index < action.entries.length; index++) {
    const entry: unknown = action.entries[index]
    const kind = (entry as AnyEntry | null)?.kind
    const schema = typeof kind === 'string' && isKnownKind(kind) ? entrySchemas[kind] : EntryEnvelope
    const body = schema.safeParse(entry)
    if (!body.success) return { ok: false, problem: issueText(body.error, `entries.${index}`) }
  }
  return { ok: true, action }
}

function issueText(
  error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] },
  prefix: string,
): string {
  const issue = error.issues[0]
  const path = [prefix, ...(issue?.path.map(String) ?? [])].filter(Boolean).join('.')
  return `${path || 'action'}: ${issue?.message ?? 'invalid'}`
}
