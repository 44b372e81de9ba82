// The one reading of a book: folds the log and the describing fields into rows, and keeps them in step transaction by transaction.
import * as Y from 'yjs'
import type { Author, BookChange, BookSettings } from '../book.ts'
import { type ActionLog, createActionLog, type LoggedAction } from '../log/action-log.ts'
import { addedElements, allElements, type Clocks, deletesFrom } from '../log/log-items.ts'
import { builtInTiers, type Tier } from '../schema/built-in-tiers.ts'
import { isKnownKind } from '../schema/entries.ts'
import { dateInZone, type PlainDate } from '../schema/plain-date.ts'
import { readTiers } from './catalogue.ts'
import { buildRow } from './client-row.ts'
import { type ClientState, createClientState } from './client-state.ts'
import type { LoggedEntry } from './logged-entry.ts'
import { createRowIndex, type RowIndex } from './row-index.ts'
import { readSettings } from './settings.ts'

/** What the parts of an open book read. */
export interface BookProjection {
  readonly log: ActionLog
  readonly rows: RowIndex
  readonly actors: ReadonlyMap<string, Author>
  /** Devices that said who uses them: device id to the actor name they said. */
  readonly devices: ReadonlyMap<string, string>
  readonly imports: ReadonlyMap<string, { readonly of: number; readonly seen: ReadonlySet<string> }>
  settings(): BookSettings
  schema(): number
  tiers(): readonly Tier[]
  today(): PlainDate
  client(id: string): ClientState | undefined
  clientIdByExternalRef(ref: string): string | undefined
  /** Takes one transaction in; null when nothing that is shown changed. */
  apply(transaction: Y.Transaction): Omit<BookChange, 'status'> | null
  /** Turns rows over whose day has come; gives their ids. */
  turnDay(): ReadonlySet<string>
}

/** Folds `doc` whole, then follows it. `trusted` covers elements that were checked before. */
export function createBookProjection(doc: Y.Doc, options: { now: () => number; trusted?: Clocks }): BookProjection {
  const roots = {
    meta: doc.getMap('meta'),
    clients: doc.getMap('clients'),
    tiers: doc.getMap('tiers'),
    activity: doc.getMap('activity'),
    log: doc.getArray<unknown>('log'),
  }
  let folded = fold(options.trusted)

  function fold(trusted: Clocks | undefined) {
    const log = createActionLog(trusted ? { trusted } : {})
    const states = new Map<string, ClientState>()
    const addedTiers = new Map<string, Tier>()
    const actors = new Map<string, Author>()
    const devices = new Map<string, string>()
    const imports = new Map<string, { of: number; seen: Set<string> }>()
    const turnsOn = new Map<string, PlainDate>()
    const refs = new Map<string, string>()
    let created = false
    let tiers: readonly Tier[] | undefined
    let ranks = new Map<string, number>()
    const rows = createRowIndex((tier) => (tier === null ? -1 : (ranks.get(tier) ?? Number.MAX_SAFE_INTEGER)))

    function catalogue(): readonly Tier[] {
      if (!tiers) {
        tiers = readTiers(roots.tiers, addedTiers)
        ranks = new Map(tiers.map((tier, place) => [tier.id, place]))
      }
      return tiers
    }

    function takeEntry(logged: LoggedEntry, touched: Set<string>): void {
      const { entry } = logged
      if (entry.kind.startsWith('client.') || entry.kind === 'tier.assigned' || entry.kind === 'entry.retracted') {
        if (!isKnownKind(entry.kind)) return
        let state = states.get(entry.subject)
        if (!state) states.set(entry.subject, (state = createClientState(entry.subject)))
        state.add(logged)
        touched.add(entry.subject)
      } else if (entry.kind === 'tier.added') {
        if (!addedTiers.has(entry.subject)) addedTiers.set(entry.subject, tierOf(entry))
        tiers = undefined
      } else if (entry.kind === 'book.created') {
        created = true
      } else if (entry.kind === 'device.added') {
        devices.set(entry.subject, String(entry['actorName']))
        actors.set(logged.action.by, { id: logged.action.by, name: String(entry['actorName']) })
      }
    }

    function takeActions(actions: readonly LoggedAction[], touched: Set<string>): void {
      for (const { action } of actions) {
        if (!actors.has(action.by)) actors.set(action.by, { id: action.by, name: shortName(action.by) })
        if (action.batch !== undefined && action.of !== undefined) {
          const batch = imports.get(action.batch) ?? { of: action.of, seen: new Set<string>() }
          batch.seen.add(action.id)
          imports.set(action.batch, batch)
        }
        for (let index = 0; index < action.entries.length; index++) {
          const entry = action.entries[index]
          if (entry) takeEntry({ id: `${action.id}/${index}`, action, entry, index }, touched)
        }
      }
    }

    function refreshRows(ids: Iterable<string>): void {
      catalogue()
      const moment = { today: today(), now: options.now() }
      for (const id of ids) {
        const state = states.get(id)
        const built = state ? buildRow(id, state.facts(), roots, moment) : null
        const before = rows.get(id)
        if (before?.externalRef && refs.get(before.externalRef) === id) refs.delete(before.externalRef)
        if (!built) {
          rows.delete(id)
          continue
        }
        rows.set(built.row)
        if (built.row.externalRef) refs.set(built.row.externalRef, id)
        if (built.turnsOn) turnsOn.set(id, built.turnsOn)
        else turnsOn.delete(id)
      }
    }

    const first = log.add(allElements(roots.log))
    const everyone = new Set<string>()
    // After a conflicting id the rest must be folded without it: the log knows by now which ids do not count.
    takeActions(first.conflict ? log.ordered() : first.added, everyone)
    refreshRows(everyone)

    return {
      log,
      states,
      actors,
      devices,
      imports,
      turnsOn,
      refs,
      rows,
      catalogue,
      takeActions,
      refreshRows,
      isCreated: () => created,
      forgetTiers() {
        tiers = undefined
        catalogue()
        rows.tiersChanged()
      },
    }
  }

  function today(): PlainDate {
    return dateInZone(options.now(), readSettings(roots.meta).timeZone)
  }

  function apply(transaction: Y.Transaction): Omit<BookChange, 'status'> | null {
    const settings = keysOf(transaction, roots.meta).size > 0
    const touched = new Set<string>()
    const { added, conflict } = folded.log.add(addedElements(roots.log, transaction))
    if (conflict || deletesFrom(roots.log, transaction)) {
      folded = fold(undefined)
      return { clients: 'all', tiers: true, settings: true, log: true }
    }
    folded.takeActions(added, touched)
    for (const key of keysOf(transaction, roots.clients)) touched.add(key.slice(0, key.indexOf('/')))
    for (const key of keysOf(transaction, roots.activity)) touched.add(key)
    const tiers =
      keysOf(transaction, roots.tiers).size > 0 ||
      added.some(({ action }) => action.entries.some((entry) => entry.kind === 'tier.added'))
    if (tiers) folded.forgetTiers()
    const zoneChanged = settings && keysOf(transaction, roots.meta).has('timeZone')
    folded.refreshRows(zoneChanged ? folded.states.keys() : touched)
    if (!settings && !tiers && touched.size === 0 && added.length === 0) return null
    return { clients: zoneChanged ? 'all' : touched, tiers, settings, log: added.length > 0 }
  }

  return {
    get log() {
      return folded.log
    },
    get rows() {
      return folded.rows
    },
    get actors() {
      return folded.actors
    },
    get devices() {
      return folded.devices
    },
    get imports() {
      return folded.imports
    },
    settings: () => ({ ...readSettings(roots.meta), created: folded.isCreated() }),
    schema() {
      const schema = roots.meta.get('schema')
      return typeof schema === 'number' ? schema : 1
    },
    tiers: () => folded.catalogue(),
    today,
    client: (id) => folded.states.get(id),
    clientIdByExternalRef: (ref) => folded.refs.get(ref),
    apply,
    turnDay() {
      const day = today()
      const due = new Set([...folded.turnsOn].filter(([, on]) => on <= day).map(([id]) => id))
      folded.refreshRows(due)
      return due
    },
  }
}

function keysOf(transaction: Y.Transaction, root: Y.Map<unknown>): ReadonlySet<string> {
  const keys = new Set<string>()
  // Yjs keys this map by every shared type; a root map is one of them whatever its value type.
  const changed = transaction.changed as ReadonlyMap<unknown, ReadonlySet<string | null>>
  for (const key of changed.get(root) ?? []) if (key !== null) keys.add(key)
  return keys
}

function tierOf(entry: LoggedEntry['entry']): Tier {
  return {
    id: entry.subject,
    name: String(entry['name']),
    typicalUse: typeof entry['typicalUse'] === 'string' ? entry['typicalUse'] : null,
    rank: Number(entry['rank']),
    colour: (entry['colour'] as Tier['colour'] | undefined) ?? builtInTiers[0]?.colour ?? 'slate',
    builtIn: false,
  }
}

/** What stands for an actor whose name nobody told. */
function shortName(actor: string): string {
  return `Actor ${actor.slice(-6)}`
}
