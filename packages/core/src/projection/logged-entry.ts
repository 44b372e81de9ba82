// One entry together with the action it is part of: what the projection folds and history shows.
import { compareActions } from '../log/action-log.ts'
import type { Action } from '../schema/action.ts'
import type { AnyEntry } from '../schema/entries.ts'

/** An entry in its action. */
export interface LoggedEntry {
  /** `<action>/<index>`. */
  readonly id: string
  readonly action: Action
  readonly entry: AnyEntry
  readonly index: number
}

/** Log order: actions by LG3, entries of one action by index. */
export function compareEntries(a: LoggedEntry, b: LoggedEntry): number {
  return compareActions(a.action, b.action) || a.index - b.index
}

/** Kinds whose effect a retraction undoes in this version (TL3). */
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
