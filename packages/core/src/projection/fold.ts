// What the log adds up to so far: clients, tiers, people and imports, with a row for each client.
import type * as Y from 'yjs'
import type { Author } from '../book.ts'
import type { ActionLog } from '../log/action-log.ts'
import type { Action } from '../schema/action.ts'
import { builtInTiers, type Tier } from '../schema/built-in-tiers.ts'
import type { AnyEntry } from '../schema/entries.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import { readTiers } from './catalogue.ts'
import { buildRow } from './client-row.ts'
import { ClientState } from './client-state.ts'
import { type DescribedFields, fieldsByClient, fieldsOf } from './described-fields.ts'
import { EntryTable } from './entry-table.ts'
import { isAboutClient } from './logged-entry.ts'
import type { ReportedActivity } from './reported-activity.ts'
import { createRowIndex, type RowIndex } from './row-index.ts'

/** What the sum reads beside the log. */
export interface Beside {
  readonly clients: Y.Map<unknown>
  readonly tiers: Y.Map<unknown>
  readonly reported: ReportedActivity
}

/** The running sum; rows are refreshed for the clients that are named, and only for those. */
export interface Fold {
  state(client: string): ClientState | undefined
  readonly rows: RowIndex
  readonly actors: ReadonlyMap<string, Author>
  /** Devices that said who uses them: device id to the name they said. */
  readonly devices: ReadonlyMap<string, string>
  /** Split imports: batch id to how many actions it has and which are here. */
  readonly imports: ReadonlyMap<string, { readonly of: number; readonly seen: ReadonlySet<string> }>
  /** External reference to client id. */
  readonly refs: ReadonlyMap<string, string>
  /** The day on which a client's row turns over by itself (TL6). */
  readonly turnsOn: ReadonlyMap<string, PlainDate>
  readonly isCreated: boolean
  tiers(): readonly Tier[]
  /** Takes an action in; ids of the clients it is about go into `touched`, where somebody wants to know. */
  take(row: number, action: Action, touched: Set<string> | null): void
  refreshRows(ids: Iterable<string> | 'all', moment: { today: PlainDate; now: number }): void
  /** The describing fields of tiers changed. */
  tiersChanged(): void
}

/** Starts a sum over the actions of `log`. */
export function createFold(log: ActionLog, beside: Beside): Fold {
  const table = new EntryTable()
  const addedTiers = new Map<string, Tier>()
  const actors = new Map<string, Author>()
  const devices = new Map<string, string>()
  const imports = new Map<string, { of: number; seen: Set<string> }>()
  const refs = new Map<string, string>()
  const turnsOn = new Map<string, PlainDate>()
  let isCreated = false
  let tiers: readonly Tier[] | undefined
  let places = new Map<string, number>()
  const rows = createRowIndex((tier) => (tier === null ? -1 : (places.get(tier) ?? Number.MAX_SAFE_INTEGER)))

  function catalogue(): readonly Tier[] {
    if (tiers) return tiers
    tiers = readTiers(beside.tiers, addedTiers)
    places = new Map(tiers.map((tier, place) => [tier.id, place]))
    rows.tiersChanged()
    return tiers
  }

  function stateOf(id: string): ClientState | undefined {
    const client = table.ids.find(id)
    return client === undefined ? undefined : new ClientState(table, log, client)
  }

  function isIdOf(id: string, entryRow: number): boolean {
    const { action, index } = table.entries.columns
    const { session, seq } = log.table.rows.columns
    const row = action[entryRow] ?? 0
    const name = log.table.sessions.at(session[row])
    if (!id.startsWith(name)) return false
    const slash = id.indexOf('/', name.length)
    return Number(id.slice(name.length + 1, slash)) === seq[row] && Number(id.slice(slash + 1)) === index[entryRow]
  }

  function takeOther(by: string, entry: AnyEntry): void {
    if (entry.kind === 'tier.added') {
      if (!addedTiers.has(entry.subject)) addedTiers.set(entry.subject, tierOf(entry))
      tiers = undefined
    } else if (entry.kind === 'book.created') {
      isCreated = true
    } else if (entry.kind === 'device.added') {
      const name = String(entry['actorName'])
      devices.set(entry.subject, name)
      actors.set(by, { id: by, name })
    }
  }

  function refreshRow(id: string, fields: DescribedFields, moment: { today: PlainDate; now: number }): void {
    const before = rows.get(id)
    if (before?.externalRef && refs.get(before.externalRef) === id) refs.delete(before.externalRef)
    const state = stateOf(id)
    const built = state ? buildRow(state, fields, beside.reported.of(id), moment) : null
    if (!built) {
      rows.delete(id)
      return
    }
    rows.set(built.row)
    if (built.row.externalRef) refs.set(built.row.externalRef, id)
    if (built.turnsOn) turnsOn.set(id, built.turnsOn)
    else turnsOn.delete(id)
  }

  return {
    state: stateOf,
    rows,
    actors,
    devices,
    imports,
    refs,
    turnsOn,
    get isCreated() {
      return isCreated
    },
    tiers: catalogue,
    take(row, action, touched) {
      const { at, by } = action
      if (!actors.has(by)) actors.set(by, { id: by, name: `Actor ${by.slice(-6)}` })
      if (action.batch !== undefined && action.of !== undefined) {
        const batch = imports.get(action.batch) ?? { of: action.of, seen: new Set<string>() }
        batch.seen.add(action.id)
        imports.set(action.batch, batch)
      }
      for (let index = 0; index < action.entries.length; index++) {
        const entry = action.entries[index]
        if (!entry) continue
        if (isAboutClient(entry.kind)) {
          table.add(entry, { action: row, index, at }, isIdOf)
          touched?.add(entry.subject)
        } else takeOther(by, entry)
      }
    },
    refreshRows(ids, moment) {
      catalogue()
      if (ids === 'all') {
        const fields = fieldsByClient(beside.clients)
        for (const id of table.ids.texts) refreshRow(id, fields.get(id) ?? {}, moment)
      } else for (const id of ids) refreshRow(id, fieldsOf(beside.clients, id), moment)
    },
    tiersChanged() {
      tiers = undefined
    },
  }
}

function tierOf(entry: AnyEntry): Tier {
  return {
    id: entry.subject,
    name: String(entry['name']),
    typicalUse: typeof entry['typicalUse'] === 'string' ? entry['typicalUse'] : null,
    rank: Number(entry['rank']),
    colour: (entry['colour'] as Tier['colour'] | undefined) ?? builtInTiers[0]?.colour ?? 'slate',
    builtIn: false,
  }
}
