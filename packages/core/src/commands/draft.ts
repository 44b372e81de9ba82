// What a command decides before anything is written: fields to describe and entries to log, in one transaction (LG1).
import type { BookProjection } from '../projection/book-projection.ts'
import type { AnyEntry, KnownEntry } from '../schema/entries.ts'
import type { Result } from '../result.ts'

/** A describing field to write; null clears, since no command deletes a key (LG1). */
export interface Described {
  readonly root: 'meta' | 'clients' | 'tiers' | 'views'
  readonly key: string
  readonly value: string | number | null
}

/** One action's worth of writing, and what the command gives back once it has an id. */
export interface Draft<T> {
  readonly describe: readonly Described[]
  readonly entries: readonly KnownEntry[]
  /** Groups the actions of one import. */
  readonly batch?: { readonly id: string; readonly of: number }
  readonly value: (action: string) => T
}

/** What a command may read. */
export interface CommandContext {
  readonly book: string
  readonly projection: BookProjection
}

/** Decides; never writes. */
export type Command<Input, T> = (context: CommandContext, input: Input) => Result<Draft<T>>

/** Builds an entry without the fields that are undefined, which canonical JSON has no form for. */
export function entryOf<E extends KnownEntry>(entry: { [K in keyof E]: E[K] | undefined }): E {
  const defined: Record<string, unknown> = {}
  for (const key in entry) if (entry[key] !== undefined) defined[key] = entry[key]
  return defined as E & AnyEntry
}

/** What fields that change held as their author saw them: what an undo goes back to. Undefined where none changes. */
export function wasOf(
  changed: Readonly<Record<string, unknown>>,
  before: object,
): Record<string, string | number | null> | undefined {
  const was: Record<string, string | number | null> = {}
  for (const [field, value] of Object.entries(before) as [string, unknown][]) {
    if (changed[field] === undefined) continue
    if (value === null || typeof value === 'number') was[field] = value
    else if (typeof value === 'string' && value.isWellFormed()) was[field] = value
  }
  return Object.keys(was).length > 0 ? was : undefined
}
