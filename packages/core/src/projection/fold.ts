// What the log adds up to so far: clients, tiers, people and imports, with a row for each client.
import type * as Y from 'yjs'
import type { ClientRow } from '../book.ts'
import type { ActionLog } from '../log/action-log.ts'
import type { Action } from '../schema/action.ts'
import { CommonAction } from '../schema/common-action.ts'
import type { Tier } from '../schema/built-in-tiers.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import { runAtOnce, type Slices } from '../slices.ts'
import { Around } from './around.ts'
import { readTiers } from './catalogue.ts'
import { buildRow } from './client-row.ts'
import { ClientEntry } from './client-entry.ts'
import { clientMarks } from './entry-fields.ts'
import { ClientState } from './client-state.ts'
import { type DescribedFields, DescribedReader } from './described-fields.ts'
import { EntryTable } from './entry-table.ts'
import { isAboutClient } from './logged-entry.ts'
import type { ReportedActivity } from './reported-activity.ts'
import { createRowIndex, type RowIndex } from './row-index.ts'
import type { ProjectionSnapshot } from './snapshot.ts'
import type { Touched } from './touched.ts'
import { TierReader } from './tier-reader.ts'

/** What the sum reads beside the log. */
export interface Beside {
  /** Asked for the texts of notes, which are in no log. */
  readonly clients: Y.Map<unknown>
  readonly reported: ReportedActivity
}

/** The running sum; rows are refreshed for the clients that are named, and only for those. */
export interface Fold {
  state(client: string): ClientState | undefined
  readonly rows: RowIndex
  readonly table: EntryTable
  readonly around: Around
  /** External reference to client id. */
  readonly refs: ReadonlyMap<string, string>
  /** The day on which a client's row turns over by itself (TL6). */
  readonly turnsOn: ReadonlyMap<string, PlainDate>
  tiers(): readonly Tier[]
  /** Takes an action in; ids of the clients it is about go into `touched`, where somebody wants to know. */
  take(row: number, action: Action | CommonAction, touched: Touched | null): void
  refreshRows(touched: Touched | 'all', moment: { today: PlainDate; now: number }): void
  /** As {@link Fold.refreshRows} of all rows, in slices. What describes a client that has a row is not read again. */
  refreshingAll(moment: { today: PlainDate; now: number }): Slices<void>
  /** Puts stored rows in place, and works those out anew that are `touched` or due. */
  restoringRows(snapshot: ProjectionSnapshot, touched: Touched, moment: { today: PlainDate; now: number }): Slices<void>
}

/** Kinds of entries that come with describing fields. */
const describingKinds: ReadonlySet<string> = new Set(['client.added', 'client.edited'])

/** So many rows are worked out in a few milliseconds. */
const rowsASlice = 500

/** Starts a sum over the actions of `log`, from where a snapshot ends. */
export function createFold(log: ActionLog, beside: Beside, stored?: ProjectionSnapshot): Fold {
  const table = new EntryTable(log.table, stored?.entries)
  const tables = { table, log, reader: new TierReader(table, log) }
  const around = new Around(stored?.around)
  const described = new DescribedReader({ table, log, clients: beside.clients })
  const refs = new Map<string, string>()
  const turnsOn = new Map<string, PlainDate>()
  let tiers: readonly Tier[] | undefined
  let places = new Map<string, number>()
  const rows = createRowIndex((tier) => (tier === null ? -1 : (places.get(tier) ?? Number.MAX_SAFE_INTEGER)))

  function catalogue(): readonly Tier[] {
    if (tiers) return tiers
    tiers = readTiers(around.said.of('tiers'), around.tiers)
    places = new Map(tiers.map((tier, place) => [tier.id, place]))
    rows.tiersChanged()
    return tiers
  }

  function stateOf(id: string): ClientState | undefined {
    const client = table.ids.find(id)
    return client === undefined ? undefined : new ClientState(tables, client)
  }

  const about = new ClientEntry()

  /** Only entries about clients are common. */
  function takeCommon(row: number, action: CommonAction, touched: Touched | null): void {
    around.takeActor(action.by)
    for (let index = 0; index < action.count; index++) {
      const entry = action.entries[index]
      if (entry) takeEntry(row, about.ofCommon(action, entry), index, touched)
    }
  }

  function takeEntry(row: number, entry: ClientEntry, index: number, touched: Touched | null): void {
    table.add(entry, row, index)
    if (!touched) return
    const client = entry.client()
    touched.ids.add(client)
    if (describingKinds.has(entry.kind)) touched.described.add(client)
  }

  function refreshRow(
    client: number,
    id: string,
    fields: DescribedFields,
    moment: { today: PlainDate; now: number },
  ): void {
    const before = rows.get(id)
    if (before?.externalRef && refs.get(before.externalRef) === id) refs.delete(before.externalRef)
    const state = new ClientState(tables, client)
    if (!state.wasEverAdded) return
    const built = buildRow(state, fields, beside.reported.of(id), moment)
    const isGone = !state.isAdded
    if (isGone) rows.set(built.row, client, { isGone })
    else place(built.row, client)
    if (built.turnsOn && !isGone) turnsOn.set(id, built.turnsOn)
    else turnsOn.delete(id)
  }

  function* refreshingAll(moment: { today: PlainDate; now: number }): Slices<void> {
    catalogue()
    for (const [client, id] of table.ids.texts.entries()) {
      refreshRow(client, id, rows.get(id) ?? described.read(client), moment)
      if (client % rowsASlice === 0) yield
    }
  }

  function* refreshing(touched: Touched, moment: { today: PlainDate; now: number }): Slices<void> {
    catalogue()
    let rowsDone = 0
    for (const id of touched.ids) {
      const client = table.ids.find(id)
      if (client === undefined) continue
      // A tier changes a hundred times for one time that a name does.
      const row = touched.described.has(id) ? undefined : rows.get(id)
      refreshRow(client, id, row ?? described.read(client), moment)
      if (++rowsDone % rowsASlice === 0) yield
    }
  }

  function place(row: ClientRow, client: number): void {
    rows.set(row, client)
    if (row.externalRef) refs.set(row.externalRef, row.id)
  }

  return {
    state: stateOf,
    rows,
    table,
    around,
    refs,
    turnsOn,
    tiers: catalogue,
    take(row, action, touched) {
      if (action instanceof CommonAction) {
        takeCommon(row, action, touched)
        return
      }
      around.takeAction(action)
      const tiersBefore = around.said.changes.tiers
      for (let index = 0; index < action.entries.length; index++) {
        const entry = action.entries[index]
        if (!entry) continue
        if (isAboutClient(entry.kind)) takeEntry(row, about.ofEntry(entry), index, touched)
        else around.takeEntry(action, entry)
      }
      if (around.said.changes.tiers !== tiersBefore) tiers = undefined
    },
    refreshRows: (touched, moment) =>
      runAtOnce(touched === 'all' ? refreshingAll(moment) : refreshing(touched, moment)),
    refreshingAll,
    *restoringRows(snapshot, touched, moment) {
      catalogue()
      for (const [index, row] of snapshot.rows.entries()) {
        place(row, table.ids.find(row.id) ?? -1)
        if (index % rowsASlice === 0) yield
      }
      // Rows turn over forwards only: a clock that was set back makes all of them doubtful.
      if (moment.today < snapshot.today) {
        yield* refreshing(touched, moment)
        yield* refreshingAll(moment)
        return
      }
      for (const [id, on] of snapshot.turnsOn) {
        turnsOn.set(id, on)
        if (on <= moment.today) touched.ids.add(id)
      }
      // Activity that was ahead of the clock, or was reported since.
      const { lastActionAt } = table.clients.columns
      for (const [client, id] of table.ids.texts.entries()) {
        const shown = rows.get(id)?.lastActivity
        // Rows of clients that were added and taken back are not stored.
        if (shown === undefined && table.isMarked(client, clientMarks.added)) touched.ids.add(id)
        if (typeof shown === 'number' && Math.max(lastActionAt[client] ?? 0, beside.reported.of(id) ?? 0) > shown)
          touched.ids.add(id)
      }
      yield
      // After an undone import that is all it brought, at every opening.
      yield* refreshing(touched, moment)
    },
  }
}
