// Turns the entries that carry a unit's effect around, latest first, and says what that changes and what stands against it.
import type { Because } from '../because.ts'
import type { UndoChange, UndoObstacle } from '../book-undo.ts'
import { readAction } from '../log/logged-action.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import type { ClientState, Retraction } from '../projection/client-state.ts'
import { entryAt, isTierEvent, type LoggedEntry } from '../projection/logged-entry.ts'
import { idOfEvent } from '../projection/tier-event.ts'
import { stepOn, type TierStep } from '../projection/timeline.ts'
import type { Action } from '../schema/action.ts'
import type { EntryOf, KnownEntry } from '../schema/entries.ts'
import { invertAdding, type Inverting, type Part, sayAddedAgain } from './invert-adding.ts'
import { invertBilling } from './invert-billing.ts'
import { invertEdit } from './invert-edit.ts'
import { invertView } from './invert-view.ts'
import type { UndoContext } from './undo.ts'
import { saysTheSame, statesTheSame, undoTiers } from './undo-tiers.ts'
import type { Unit, Units } from './undo-units.ts'

/** Texts of notes that this opening of the book overwrote, by the id of the entry; they stand in no log. */
export type NotesBefore = ReadonlyMap<string, { readonly before: string | null; readonly after: string | null }>

/** Entries that say something about what happened, and change nothing by themselves. */
const silent: ReadonlySet<string> = new Set(['import.applied', 'device.added', 'action.undone', 'action.redone'])
const billed: ReadonlySet<string> = new Set(['price.set', 'usage.recorded'])

/** Gives a part for each client's tiers, and for every other entry. */
export function invert(context: UndoContext, unit: Unit, units: Units): readonly Part[] {
  const { projection } = context
  const n = Math.max(...unit.carriers.map((action) => action.n))
  const ids = new Set([...unit.actions.map(({ id }) => id), ...unit.undoings])
  const inverting: Inverting = {
    context,
    isOwn: (action) => ids.has(action) || units.isVoid(action),
    isUndoing: (action) => units.isUndoing(action),
    isLater: ({ id, by, n: later }) => later > n && !(by === context.actor && units.isUndoing(id)),
  }
  const entries = unit.carriers
    .flatMap((action) =>
      action.entries.map((entry, index): LoggedEntry => ({ id: `${action.id}/${index}`, action, entry, index })),
    )
    .reverse()
  const findEntry = createFinder(projection)
  const byClient = new Map<string, ReadonlyMap<string, readonly Retraction[]>>()
  /** An import may have thousands of entries about one client. */
  const retractionsOf = (client: string, entry: string) => {
    const found = byClient.get(client) ?? projection.client(client)?.retractionsByTarget() ?? new Map<never, never>()
    byClient.set(client, found)
    return found.get(entry) ?? []
  }
  const retract = new Map<string, Map<string, LoggedEntry>>()
  const restore = new Map<string, LoggedEntry[]>()
  const parts: Part[] = []
  const added = new Set<string>()
  for (const logged of entries) {
    const { kind, subject } = logged.entry
    const target = kind === 'entry.retracted' ? findEntry(String(logged.entry['target'])) : undefined
    if (silent.has(kind)) continue
    // What somebody else took back as well stays taken back.
    if (target && retractionsOf(subject, target.id).some((other) => !ids.has(other.logged.id))) continue
    if (isTierEvent(kind)) {
      const standing = retractionsOf(subject, logged.id).length > 0 ? saidAgain(inverting, logged) : logged.id
      if (standing) addTo(retract, subject, new Map<string, LoggedEntry>()).set(standing, logged)
    } else if (target && isTierEvent(target.entry.kind)) addTo(restore, subject, []).push(target)
    else if (billed.has(target?.entry.kind ?? kind)) parts.push(...invertBilling(inverting, logged, target))
    else if (kind === 'client.added') parts.push(...invertAdding(inverting, logged))
    else if (target?.entry.kind === 'client.added') {
      parts.push(sayAddedAgain(inverting, target.entry as EntryOf<'client.added'>))
      added.add(subject)
    } else if (kind === 'client.edited' || kind === 'tier.edited' || kind === 'book.edited')
      parts.push(...invertEdit(inverting, logged))
    else if (kind === 'view.saved') parts.push(...invertView(inverting, logged))
    else parts.push(stays(kind))
  }
  for (const client of new Set([...retract.keys(), ...restore.keys()])) {
    parts.push(invertTiers(inverting, client, { retract: retract.get(client), restore: restore.get(client), added }))
  }
  return toldOnce(parts)
}

/** That a client stays as it is need not be said beside what changes of it, nor twice. */
function toldOnce(parts: readonly Part[]): readonly Part[] {
  const told = new Set(parts.flatMap(({ change }) => (change && change.kind !== 'stays' ? [change.client] : [])))
  return parts.map(({ change, ...part }) => {
    if (!change) return part
    if (change.kind === 'stays' && told.has(change.client)) return part
    told.add(change.client)
    return { ...part, change }
  })
}

function invertTiers(
  { context: { projection }, ...inverting }: Inverting,
  client: string,
  undo: {
    retract: ReadonlyMap<string, LoggedEntry> | undefined
    restore: readonly LoggedEntry[] | undefined
    added: ReadonlySet<string>
  },
): Part {
  const state = projection.client(client)
  const row = projection.rows.get(client)
  const { retract = new Map<string, LoggedEntry>(), restore = [] } = undo
  const name = row?.name ?? nameSaid(state) ?? client
  const builtUpon = obstacle('built-upon', client, `${name}: its tier or service was changed after this`, {
    says: 'tier-changed-since',
    name,
  })
  if (!state || (!row && restore.length > 0 && !undo.added.has(client))) return builtUpon
  const undone = undoTiers(state, { retract: new Set(retract.keys()), restore, ...inverting })
  if (!undone) return builtUpon
  const first = (restore[0] ?? [...retract.values()][0])?.entry
  const on = typeof first?.['effectiveOn'] === 'string' ? first['effectiveOn'] : projection.today()
  const entries = [
    ...[...retract.keys()].map((target): KnownEntry => ({ kind: 'entry.retracted', subject: client, target })),
    ...undone.entries,
  ]
  const tierIn = (steps: readonly TierStep[]) => stepOn(steps, on)?.tier ?? null
  const change: UndoChange = {
    ...{ kind: saysTheSame(state.facts(), undone.facts) ? 'stays' : 'tier', client, name, on },
    from: tierIn(state.facts().steps),
    to: tierIn(undone.facts.steps),
  }
  return { step: { entries, describe: [] }, change }
}

/** What was taken back by hand, and stands under another id since that was undone. */
function saidAgain({ context, isUndoing }: Inverting, { entry }: LoggedEntry): string | undefined {
  const state = context.projection.client(entry.subject)
  const said = { kind: entry.kind, tier: entry['tier'], on: entry['effectiveOn'] }
  const again = state?.events.findLast(
    (event) => isUndoing(event.logged.id) && statesTheSame(event, said) && !state.retractionOf(idOfEvent(event)),
  )
  return again && idOfEvent(again)
}

function stays(kind: string): Part {
  const obstacleOf = (message: string, because: Because) => obstacle('not-undoable', null, message, because)
  if (kind === 'run.sealed')
    return obstacleOf('a sealed run stays; correct it with an adjustment in the next run', { says: 'run-stays' })
  if (kind === 'tier.added')
    return obstacleOf('a tier that was added stays, since clients may be on it; rename it, or leave it unused', {
      says: 'tier-stays',
    })
  if (kind === 'run.exported')
    return obstacleOf('an export stays noted, since its file has left the book', { says: 'export-stays' })
  if (kind === 'device.revoked')
    return obstacleOf('a revocation stays; let the device in again instead', { says: 'revocation-stays' })
  if (kind === 'book.created') return obstacleOf('the making of the book cannot be undone', { says: 'book-stays' })
  return obstacleOf(`a ${kind} cannot be undone`, { says: 'kind-stays', kind })
}

function obstacle(code: UndoObstacle['code'], client: string | null, message: string, because: Because): Part {
  return { obstacle: { code, client, message, because } }
}

function addTo<K, V>(map: Map<K, V>, key: K, empty: V): V {
  const known = map.get(key) ?? empty
  map.set(key, known)
  return known
}

/** Finds entries by id; an action that many of them stand in is read once. */
function createFinder({ log }: BookProjection): (id: string) => LoggedEntry | undefined {
  const actions = new Map<string, Action>()
  return (id) => {
    const [actionId = '', index] = id.split('/')
    const logged = log.get(actionId)
    if (!logged) return undefined
    const action = actions.get(actionId) ?? readAction(logged)
    actions.set(actionId, action)
    return entryAt(action, Number(index))
  }
}

/** The name of a client that is not in the book any more. */
function nameSaid(state: ClientState | undefined): string | undefined {
  const said = state?.entries().findLast(({ entry }) => typeof entry['name'] === 'string')
  return said && String(said.entry['name'])
}
