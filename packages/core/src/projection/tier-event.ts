// One entry that says which tier a client is on or whether it is served, kept small: a book has a hundred thousand of them.
import { compareActions, type LoggedAction } from '../log/logged-action.ts'
import type { PlainDate } from '../schema/plain-date.ts'

/** A `tier.assigned`, `client.ended` or `client.resumed`. */
export interface TierEvent {
  readonly logged: LoggedAction
  /** The Lamport number of its action. */
  readonly n: number
  /** Its place among the action's entries. */
  readonly index: number
  readonly kind: string
  /** Only of `tier.assigned`. */
  readonly tier: string | undefined
  readonly on: PlainDate
  /** The heads its author saw (TL4): mostly just the event before, held as itself. */
  readonly after: TierEvent | readonly string[]
}

/** `<action>/<index>`; built when asked for, since most are never asked for. */
export function idOfEvent(event: TierEvent): string {
  return `${event.logged.id}/${event.index}`
}

/** Ids of the heads that the event's author saw. */
export function idsAfter(event: TierEvent): readonly string[] {
  return 'on' in event.after ? [idOfEvent(event.after)] : event.after
}

/** Log order: actions by LG3, entries of one action by index. */
export function compareEvents(a: TierEvent, b: TierEvent): number {
  return a.n - b.n || compareActions(a.logged, b.logged) || a.index - b.index
}
