// Undoing that a client was added: only while nothing else is said about it.
import type { UndoChange, UndoObstacle } from '../book-undo.ts'
import type { LoggedEntry } from '../projection/logged-entry.ts'
import type { KnownEntry } from '../schema/entries.ts'
import type { Step, UndoContext } from './undo.ts'

/** One part of an undo. */
export interface Part {
  readonly step?: Step
  readonly change?: UndoChange
  readonly obstacle?: UndoObstacle
}

/** What turning an entry around needs to know. */
export interface Inverting {
  readonly context: UndoContext
  /** Whether an action belongs to what is undone, or has no effect any more. */
  readonly isOwn: (action: string) => boolean
  /** Whether an action only undid something or did it again. */
  readonly isUndoing: (action: string) => boolean
  /** Whether an action was written in sight of what is undone, as far as its number tells, and not to undo or redo something itself. */
  readonly isLater: (action: { readonly id: string; readonly by: string; readonly n: number }) => boolean
}

/** Takes the adding back. Somebody else who added the same client keeps it. */
export function invertAdding({ context, isOwn }: Inverting, logged: LoggedEntry): readonly Part[] {
  const { projection } = context
  const client = logged.entry.subject
  const state = projection.client(client)
  if (!state || state.retractionOf(logged.id)) return []
  const name = projection.rows.get(client)?.name ?? String(logged.entry['name'])
  // Mostly nobody else said anything, and then nothing has to be read again.
  const isAlone = [...state.actions()].every(isOwn)
  const others = isAlone ? [] : state.entries().filter(({ action }) => !isOwn(action.id))
  const isAddedByOthers = others.some(({ entry, id }) => entry.kind === 'client.added' && !state.retractionOf(id))
  if (!isAddedByOthers && (others.length > 0 || isBilled(context, client)))
    return [
      {
        obstacle: {
          ...{ code: 'built-upon', client, message: `${name}: it was changed or billed after this` },
          because: { says: 'used-since', name },
        },
      },
    ]
  const step = { entries: [{ kind: 'entry.retracted' as const, subject: client, target: logged.id }], describe: [] }
  const kind = isAddedByOthers ? 'stays' : 'removed'
  return [{ step, change: { kind, client, name, on: null, from: null, to: null } }]
}

/** Says the adding again. Whom somebody else added as well never went. */
export function sayAddedAgain(
  { context: { projection } }: Inverting,
  entry: KnownEntry & { kind: 'client.added' },
): Part {
  const client = entry.subject
  const kind = projection.rows.get(client) ? 'stays' : 'added'
  const change: UndoChange = { kind, client, name: entry.name, on: null, from: null, to: null }
  return { step: { entries: [entry], describe: [] }, change }
}

function isBilled({ facts }: UndoContext, client: string): boolean {
  const { prices, uplifts, usage, seals } = facts()
  return (
    usage.some((record) => record.client === client) ||
    prices.some(
      ({ client: payer, item }) =>
        payer === client || (item.kind === 'bundle' && (item.payer === client || item.members.includes(client))),
    ) ||
    uplifts.some(({ clients }) => clients?.includes(client) === true) ||
    seals.some(({ invoices }) => invoices.some((invoice) => invoice.client === client))
  )
}
