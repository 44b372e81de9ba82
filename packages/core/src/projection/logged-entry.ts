// One entry together with the action it is part of: what history shows and what facts are worked out from.
import { compareActions } from '../log/logged-action.ts'
import type { Action } from '../schema/action.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { kindNumbers } from './entry-fields.ts'

/** An entry in its action. */
export interface LoggedEntry {
  /** `<action>/<index>`. */
  readonly id: string
  readonly action: Action
  readonly entry: AnyEntry
  readonly index: number
}

/** The entry at `index` of `action`, if there is one. */
export function entryAt(action: Action, index: number): LoggedEntry | undefined {
  const entry = action.entries[index]
  return entry && { id: `${action.id}/${index}`, action, entry, index }
}

/** Log order: actions by LG3, entries of one action by index. */
export function compareEntries(a: LoggedEntry, b: LoggedEntry): number {
  return compareActions(a.action, b.action) || a.index - b.index
}

/** Kinds whose effect a retraction undoes (TL3). */
export const retractableKinds: ReadonlySet<string> = new Set([
  'tier.assigned',
  'client.ended',
  'client.resumed',
  'price.set',
  'usage.recorded',
])

/** Kinds that say which tier a client is on or whether it is served. */
export function isTierEvent(kind: string): boolean {
  return kind === 'tier.assigned' || kind === 'client.ended' || kind === 'client.resumed'
}

/** Kinds that are about one client. */
export function isAboutClient(kind: string): boolean {
  return kindNumbers.has(kind)
}
