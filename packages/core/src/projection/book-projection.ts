// The one reading of a book: folds the document once, then keeps what is shown in step, transaction by transaction.
import * as Y from 'yjs'
import type { Author, BookChange, BookSettings, ClientQuery, ClientRow, SavedView } from '../book.ts'
import { type ActionLog, createActionLog, creatingActionLog } from '../log/action-log.ts'
import { deletesFrom, elementAt, visitAdded, visitOwn, visitUncovered, walksOver } from '../log/log-items.ts'
import { readAction } from '../log/logged-action.ts'
import { ownActionOf } from '../log/own-action.ts'
import { type KnownReceipts, noReceipts } from '../log/known-receipts.ts'
import type { Tier } from '../schema/built-in-tiers.ts'
import { dateInZone, type PlainDate } from '../schema/plain-date.ts'
import { runAtOnce, runInSlices, type Slices } from '../slices.ts'
import type { Around } from './around.ts'
import type { ClientState } from './client-state.ts'
import { createFold, type Fold } from './fold.ts'
import { readingActivity, type ReportedActivity } from './reported-activity.ts'
import type { RowIndex } from './row-index.ts'
import { createRowsAsOf, type Viewpoint } from './rows-as-of.ts'
import { readViews } from './saved-views.ts'
import { readSettings } from './settings.ts'
import { touch } from './touched.ts'
import type { ProjectionSnapshot } from './snapshot.ts'

/** What the parts of an open book read. */
export interface BookProjection {
  /** How many actions came from a snapshot; 0 where there was none that fits. */
  readonly continued: number
  readonly log: ActionLog
  readonly rows: RowIndex
  readonly actors: ReadonlyMap<string, Author>
  readonly devices: Around['devices']
  readonly keys: Around['keys']
  readonly revoked: Around['revoked']
  readonly imports: Around['imports']
  readonly reported: ReportedActivity
  readonly receipts: KnownReceipts
  /** When the server received the action in a row of the log, epoch ms; null where that is not known. */
  receivedAt(row: number): number | null
  /**
   * Tells when an action was recorded, as far as this replica can tell: received by a server, else by the device's clock, which answers alone for a moment
   * `knownAt` that no server was a witness of (TL5).
   */
  recordedAt(knownAt: number | undefined): (row: number) => number
  settings(): BookSettings
  /** The document's schema version. */
  schema(): number
  tiers(): readonly Tier[]
  views(): readonly SavedView[]
  today(): PlainDate
  client(id: string): ClientState | undefined
  /** The overview from another point in time (TL5). */
  rowsAsOf(query: ClientQuery, view: Viewpoint): readonly ClientRow[]
  clientIdByExternalRef(ref: string): string | undefined
  /** Takes one transaction in; null when nothing that is shown changed. */
  apply(transaction: Y.Transaction): Omit<BookChange, 'status'> | null
  /** Turns rows over whose day has come; gives their ids. */
  turnDay(): ReadonlySet<string> | 'all'
  /** What a later opening can continue from; null where two texts came under one id, which is worked out anew each time. */
  toSnapshot(): ProjectionSnapshot | null
}

/** What a projection is made with. */
export interface ProjectionOptions {
  readonly now: () => number
  /** Counts where it is of this document. It is used up: what comes in is added to its columns. */
  readonly snapshot?: ProjectionSnapshot | null
  readonly receipts?: KnownReceipts
}

/** Folds `doc`, beginning where a snapshot of it ends if there is one that fits, then follows it. */
export function createBookProjection(doc: Y.Doc, options: ProjectionOptions): BookProjection {
  return runAtOnce(foldingBook(doc, options))
}

/** As {@link createBookProjection}, in slices; null where the document changed between two of them, as by another tab. */
export async function createProjectionInSlices(doc: Y.Doc, options: ProjectionOptions): Promise<BookProjection | null> {
  let isChanged = false
  const note = () => (isChanged = true)
  doc.on('update', note) // not told of what brings nothing new
  try {
    return await runInSlices(foldingBook(doc, options), () => isChanged)
  } finally {
    doc.off('update', note)
  }
}

function* foldingBook(doc: Y.Doc, options: ProjectionOptions): Slices<BookProjection> {
  const roots = {
    meta: doc.getMap('meta'),
    clients: doc.getMap('clients'),
    log: doc.getArray('log'),
  }
  const receipts = options.receipts ?? noReceipts
  const reported = yield* readingActivity(doc.getArray('activity'))
  yield
  const beside = { clients: roots.clients, reported }
  let settings = readSettings(() => undefined)
  const today = createToday(options.now, () => settings.timeZone)
  const moment = () => ({ today: today(), now: options.now() })
  /** Of a sum that is not in place yet: the day of its rows is one in the zone that it says. */
  const momentOf = ({ around }: Fold) => {
    settings = readSettings(around.said.of('meta'))
    return moment()
  }
  const start = options.snapshot ? yield* continuingFrom(options.snapshot) : null
  let { log, fold } = start ?? (yield* loading())
  yield
  let turnedTo = today()
  fold.rows.query({}) // put in order now, not in the task that paints them

  function readText(client: number, clock: number): string {
    return String(elementAt(doc, client, clock))
  }

  /** Gives nothing where the snapshot is not of this document: it saves work and decides nothing. */
  function* continuingFrom(snapshot: ProjectionSnapshot): Slices<{ log: ActionLog; fold: Fold } | null> {
    const clocks = new Map(snapshot.clocks)
    if (!holdsAll(doc, clocks)) return null
    const storedLog = yield* creatingActionLog(readText, snapshot.actions)
    yield
    if (!isOfTheseTexts(storedLog)) return null
    yield
    const storedFold = createFold(storedLog, beside, snapshot)
    yield
    const touched = touch()
    const { conflict } = storedLog.add(
      (visit) => visitUncovered(roots.log, doc, clocks, visit),
      (row, action) => storedFold.take(row, action, touched),
    )
    if (conflict) return null
    yield
    yield* storedFold.restoringRows(snapshot, touched, momentOf(storedFold))
    return { log: storedLog, fold: storedFold }
  }

  function* loading(): Slices<{ log: ActionLog; fold: Fold }> {
    const freshLog = createActionLog(readText)
    const freshFold = createFold(freshLog, beside)
    let isConflicting = false
    for (const walk of walksOver(roots.log)) {
      const { conflict } = freshLog.add(walk, (row, action) => freshFold.take(row, action, null))
      isConflicting ||= conflict
      yield
    }
    if (isConflicting) return { log: freshLog, fold: foldAgain(freshLog) }
    // Rows are worked out from one end of memory to the other then, and so is the first look at another day.
    freshFold.table.group()
    yield
    yield* freshFold.refreshingAll(momentOf(freshFold))
    return { log: freshLog, fold: freshFold }
  }

  /** Two texts came under one id and neither counts: what was taken before cannot be untaken, so the sum starts over. */
  function foldAgain(from: ActionLog): Fold {
    const fresh = createFold(from, beside)
    for (const row of from.ordered()) fresh.take(row, readAction(from.at(row)), null)
    fresh.refreshRows('all', momentOf(fresh))
    return fresh
  }

  function apply(transaction: Y.Transaction): Omit<BookChange, 'status'> | null {
    const touched = touch()
    const before = log.size
    if (deletesFrom(roots.log, transaction)) {
      ;({ log, fold } = runAtOnce(loading()))
      return everything
    }
    const knownTiers = fold.tiers()
    const saidBefore = fold.around.said.changes.meta
    const zoneBefore = settings.timeZone
    const own = ownActionOf(transaction)
    const { conflict } = log.add(
      (visit) => (own ? visitOwn : visitAdded)(roots.log, transaction, visit),
      (row, action) => fold.take(row, action, touched),
      own,
    )
    if (conflict) {
      fold = foldAgain(log)
      return everything
    }
    const areSettingsNew = fold.around.said.changes.meta !== saidBefore
    if (areSettingsNew) settings = readSettings(fold.around.said.of('meta'))
    for (const key of keysOf(transaction, roots.clients)) {
      if (!key.endsWith('/note')) continue
      const id = key.slice(0, key.indexOf('/'))
      touched.ids.add(id)
      touched.described.add(id)
    }
    reported.apply(transaction, touched.ids)
    const isZoneNew = settings.timeZone !== zoneBefore
    if (isZoneNew) turnedTo = today()
    fold.refreshRows(touched, moment())
    if (isZoneNew) fold.refreshRows('all', moment())
    const change = {
      clients: isZoneNew ? ('all' as const) : touched.ids,
      tiers: fold.tiers() !== knownTiers,
      settings: areSettingsNew,
      log: log.size > before,
    }
    return touched.ids.size > 0 || change.tiers || change.settings || change.log ? change : null
  }

  function recordedAt(knownAt = Number.POSITIVE_INFINITY): (row: number) => number {
    const { at } = log.table.rows.columns
    if (knownAt < receipts.first) return (row) => at[row] ?? 0
    const times = receipts.times(log, { withEarlier: true })
    return (row) => times[row] || (at[row] ?? 0)
  }

  return {
    continued: start ? (options.snapshot?.actions.size ?? 0) : 0,
    get log() {
      return log
    },
    get rows() {
      return fold.rows
    },
    get actors() {
      return fold.around.actors
    },
    get devices() {
      return fold.around.devices
    },
    get keys() {
      return fold.around.keys
    },
    get revoked() {
      return fold.around.revoked
    },
    get imports() {
      return fold.around.imports
    },
    reported,
    receipts,
    receivedAt: (row) => receipts.times(log)[row] || null,
    recordedAt,
    settings: () => ({ ...settings, created: fold.around.isCreated }),
    schema() {
      const schema = roots.meta.get('schema')
      return typeof schema === 'number' ? schema : 1
    },
    tiers: () => fold.tiers(),
    views: () => readViews(fold.around.said.of('views'), fold.around.said.keys('views')),
    today,
    client: (id) => fold.state(id),
    rowsAsOf(query, view) {
      const parts = { table: fold.table, log, recordedAt: recordedAt(view.knownAt) }
      return fold.rows.query(query, createRowsAsOf(parts, view))
    },
    clientIdByExternalRef: (ref) => fold.refs.get(ref),
    apply,
    turnDay() {
      const day = today()
      // A clock that ran ahead and was set back has turned rows over too soon, and nothing says which.
      if (day < turnedTo) {
        turnedTo = day
        fold.refreshRows('all', moment())
        return 'all'
      }
      turnedTo = day
      const due = new Set([...fold.turnsOn].filter(([, on]) => on <= day).map(([id]) => id))
      fold.refreshRows(touch(due), moment())
      return due
    },
    toSnapshot() {
      if (log.conflicting.size > 0) return null
      fold.table.group()
      return {
        clocks: [...Y.decodeStateVector(Y.encodeStateVector(doc))],
        actions: log.table.toStored(log.unreadable),
        entries: fold.table.toStored(),
        around: fold.around.toStored(),
        rows: fold.rows.query({}), // by name: what is in order is sorted soonest
        turnsOn: [...fold.turnsOn],
        today: today(),
      }
    },
  }
}

/** Whether the document has everything below `clocks`. */
function holdsAll(doc: Y.Doc, clocks: ReadonlyMap<number, number>): boolean {
  const held = Y.decodeStateVector(Y.encodeStateVector(doc))
  return [...clocks].every(([client, clock]) => (held.get(client) ?? 0) >= clock)
}

/** Whether the last action of each Yjs client id has the text that the document holds there. */
function isOfTheseTexts(log: ActionLog): boolean {
  return log.table.lastRows().every((row) => {
    const logged = log.at(row)
    return logged.text.includes(`"id":"${logged.id}","n":${logged.n},`)
  })
}

const everything = { clients: 'all', tiers: true, settings: true, log: true } as const

/** The book's date, asked for with every edit: worked out once a minute, since days begin on whole minutes in every zone. */
function createToday(now: () => number, timeZone: () => string): () => PlainDate {
  let known = { minute: Number.NaN, zone: '', date: '' }
  return () => {
    const [minute, zone] = [Math.floor(now() / 60_000), timeZone()]
    if (known.minute !== minute || known.zone !== zone) known = { minute, zone, date: dateInZone(now(), zone) }
    return known.date
  }
}

function keysOf(transaction: Y.Transaction, root: Y.Map<unknown>): ReadonlySet<string> {
  const keys = new Set<string>()
  // Yjs keys this map by every shared type; a root map is one of them whatever its value type.
  const changed = transaction.changed as ReadonlyMap<unknown, ReadonlySet<string | null>>
  for (const key of changed.get(root) ?? []) if (key !== null) keys.add(key)
  return keys
}
