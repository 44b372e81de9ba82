// The public shape of an open book: commands that append, questions that read, and a status that tells the truth.
import type { Doc } from 'yjs'
import type { BookBilling } from './book-billing.ts'
import type { BookUndo } from './book-undo.ts'
import type { ImportPlan, ImportRow } from './commands/import-plan.ts'
import type { Tier, TierColourName } from './schema/built-in-tiers.ts'
import type { OtherRef } from './schema/other-refs.ts'
import type { PlainDate } from './schema/plain-date.ts'
import type { Result } from './result.ts'
import type { SetAside } from './storage/storage.ts'
import type { StorageErrorCode } from './storage/storage-error.ts'

/** Who writes: an actor id (see `createId`) and the name others see. */
export interface Author {
  readonly id: string
  readonly name: string
}

/** What the book says about itself. */
export interface BookSettings {
  readonly name: string
  /** IANA name; "today" is a date in this zone. */
  readonly timeZone: string
  /** ISO 4217. */
  readonly currency: string
  /** False until somebody made the book (`editBook`, or `create` at opening): then these are defaults. */
  readonly created: boolean
}

/** One row of the billing overview. */
export interface ClientRow {
  readonly id: string
  readonly name: string
  /** The tier that holds today in the book's zone; null before the first assignment and after the end. */
  readonly tier: string | null
  readonly status: 'active' | 'ended' | 'upcoming'
  readonly createdOn: PlainDate
  /** Epoch ms of the latest activity, capped at now; null where nothing was ever seen. */
  readonly lastActivity: number | null
  readonly externalRef: string | null
  /** Its ids in systems that have a name, sorted by it; absent where it has none, as with most clients of most books. */
  readonly otherRefs?: readonly OtherRef[]
  readonly note: string | null
  /** The next change that is not in effect yet (TL6). */
  readonly scheduled: ScheduledChange | null
  /** Two people changed it without having seen each other (TL4). */
  readonly contested: boolean
}

/** A change of tier or service that takes effect after today. */
export interface ScheduledChange {
  readonly entry: string
  readonly effectiveOn: PlainDate
  /** The tier from then on; null when the service ends. */
  readonly tier: string | null
}

/** A half-open range of dates `[from, to)` on one tier; `tier` null where no service is given, `to` null where it is open. */
export interface TierPeriod {
  readonly from: PlainDate
  readonly to: PlainDate | null
  readonly tier: string | null
  /** The entry that put the client there. */
  readonly entry: string | null
}

/** A change of a client's tier or service that is thought of, not recorded. */
export interface AssumedTierChange {
  readonly to: { readonly tier: string } | 'end' | 'resume'
  readonly effectiveOn: PlainDate
}

/** One entry of the log as people read it. */
export interface Change {
  /** Entry id, `<action>/<index>`. */
  readonly id: string
  readonly action: string
  readonly kind: string
  /** The device's clock when it was made, epoch ms. */
  readonly at: number
  /** When the server received it, epoch ms; null where this replica does not know. */
  readonly receivedAt: number | null
  readonly by: string
  /** The actor's name, or a short form of the id where no device told it. */
  readonly byName: string
  readonly device: string
  /** Lamport number (LG3). */
  readonly n: number
  readonly subject: string
  /** Set where the entry is about a client. */
  readonly client: string | null
  readonly clientName: string | null
  /** Tier before and after, for `tier.assigned`, `client.ended` and `client.resumed`. */
  readonly from: string | null
  readonly to: string | null
  readonly effectiveOn: PlainDate | null
  readonly reason: string | null
  /** The entry's own fields beside kind and subject. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Who took it back, if somebody did. */
  readonly retracted: {
    readonly entry: string
    readonly by: string
    readonly byName: string
    readonly at: number
  } | null
  readonly retractable: boolean
  /** Takes effect after today and was not taken back. */
  readonly scheduled: boolean
  readonly batch: string | null
  /** Of a kind that this version does not know (LG4). */
  readonly newer: boolean
  /** Of `action.undone` and `action.redone`: what they undid, or did again. */
  readonly undoes?: UndoneUnit
}

/** What was undone or done again, as the first entry of the action or batch says it. */
export interface UndoneUnit extends Pick<Change, 'kind' | 'subject' | 'fields' | 'clientName'> {
  readonly isBatch: boolean
}

/** Columns the overview sorts by. */
export type ClientSortKey = 'name' | 'tier' | 'lastActivity' | 'createdOn'

/** What to show of the clients. */
export interface ClientQuery {
  /** Text that the name or the external reference contains, whatever the case and accents. */
  readonly search?: string
  /** @default { by: 'name', descending: false } */
  readonly sort?: { readonly by: ClientSortKey; readonly descending?: boolean }
  readonly tier?: string
  /** @default 'all' */
  readonly status?: 'all' | 'active' | 'ended' | 'upcoming'
  /** The day whose tiers are shown, past or future. Names and notes are always the latest. @default today */
  readonly asOf?: PlainDate
  /** Only what was recorded up to this moment counts, epoch ms (TL5); see `receipts()` for whose clock says so. @default everything */
  readonly knownAt?: number
}

/** A client that two people changed without having seen each other (TL4). Settled by a new assignment, or by taking one side back. */
export interface ContestedClient {
  readonly client: ClientRow
  /** The entries that nobody has built upon and that say different things, in log order; the row shows which one holds meanwhile. */
  readonly sides: readonly Change[]
}

/** What to show of the log; newest first. */
export interface ChangeQuery {
  readonly client?: string
  readonly actor?: string
  readonly kind?: string
  /** First day that counts, in the book's zone, by the moment of recording. */
  readonly from?: PlainDate
  /** First day that no longer counts. */
  readonly to?: PlainDate
  /** Only what the server has not acknowledged, as {@link BookStatus.unsent} counts; without a server nothing. @default false */
  readonly unsent?: boolean
}

/** Entries of the log, newest first; each is described when it is asked for, so 100,000 of them cost nothing until shown. */
export interface ChangeList {
  readonly length: number
  at(index: number): Change | undefined
  slice(from: number, to: number): readonly Change[]
}

/** What changed; lists are the ids concerned, `all` after a load. */
export interface BookChange {
  readonly clients: ReadonlySet<string> | 'all'
  readonly tiers: boolean
  readonly settings: boolean
  readonly log: boolean
  readonly status: boolean
}

/** Where the connection to the sync server stands. */
export type SyncState =
  | 'none' // opened without a sync adapter
  | 'connecting'
  | 'loading' // connected, the server's state is not in yet
  | 'online'
  | 'offline'
  | 'signed-out' // 4401: the token is wrong or expired
  | 'refused' // any other permanent close; `reason` says why

/** SY2: what is saved and sent, from confirmed writes and acknowledgements only. */
export interface BookStatus {
  /** `memory`: nothing is kept. `failed`: the last write to this device failed, `storageProblem` says why. */
  readonly storage: 'memory' | 'saving' | 'saved' | 'failed'
  readonly storageProblem: string | null
  /** What kind of failure it is; see {@link StorageErrorCode}. */
  readonly storageFault: StorageErrorCode | null
  /** Things that are not part of the book and wait for a person: see {@link Book.setAside}. */
  readonly setAside: number
  /** What became of the book after the server refused it or lost history (SY3); null where nothing did, or once it was dismissed. */
  readonly recovery: RecoveryReport | null
  readonly sync: SyncState
  /** Words from the server for `signed-out` and `refused`. */
  readonly reason: string | null
  /** The server says that it cannot store anything right now: what is unsent waits on this device until it can. */
  readonly savingPaused: boolean
  /** What the server acknowledges is on a synchronous standby as well. */
  readonly replicated: boolean
  /** Actions in this replica that the server has not acknowledged; 0 without a server. */
  readonly unsent: number
  /** False only on a device that joined a book and has not received it yet. */
  readonly loaded: boolean
  readonly readOnly: null | 'viewer' | 'newer-schema'
  /** Elements of the log that could not be read (LG4), and ids that came with two texts (LG6). */
  readonly unreadable: number
  readonly conflicting: number
  /** A split import whose actions are not all here. */
  readonly importing: { readonly batch: string; readonly done: number; readonly of: number } | null
}

/** How a recovery (SY3) goes, or went. */
export interface RecoveryReport {
  /** `running`: reloading and sending again. `waiting`: the server lets this device not in, see `reason`; goes on at the next opening. `done`. */
  readonly phase: 'running' | 'waiting' | 'done'
  /** Epoch ms. */
  readonly at: number
  /** The server's reason. */
  readonly reason: string
  /** Actions of this author that the server lacked and now has. */
  readonly sentAgain: number
  /** Actions of this author that the server does not take; set aside. */
  readonly refused: number
  /** Actions of others that only this device holds; set aside. */
  readonly ofOthers: number
}

/** Ids that a command made. */
export interface Appended {
  readonly action: string
}

/** A view of the table that somebody gave a name. What `query` and the names of columns mean is the app's. */
export interface SavedView {
  readonly name: string
  /** The part of the address behind the path. */
  readonly query: string
  readonly columns: readonly string[]
}

/** What {@link Book.mergeCopy} did: numbers of actions. */
export interface MergedCopy {
  readonly brought: number
  /** See {@link Book.setAside}. */
  readonly setAside: number
}

/** An open book. Commands run one after the other and resolve when their action is in the document. */
export interface Book extends BookBilling, BookUndo {
  readonly id: string
  readonly author: Author
  readonly device: string
  /** The Yjs document, for adapters and inspection. Writing to it past the commands breaks LG1. */
  readonly doc: Doc

  editBook(change: { name?: string; timeZone?: string; currency?: string }): Promise<Result<Appended>>
  addClient(client: {
    name: string
    tier?: string
    createdOn?: PlainDate
    externalRef?: string
    /** Id by the name of the system. */
    otherRefs?: Readonly<Record<string, string>>
    note?: string
    reason?: string
  }): Promise<Result<Appended & { id: string }>>
  editClient(change: {
    client: string
    name?: string
    createdOn?: PlainDate
    externalRef?: string | null
    /** Id by the name of the system; null takes it away, and systems that are not named keep theirs. */
    otherRefs?: Readonly<Record<string, string | null>>
    note?: string | null
  }): Promise<Result<Appended>>
  /** `effectiveOn` is past, today (default) or future. */
  assignTier(change: {
    client: string
    tier: string
    effectiveOn?: PlainDate
    reason?: string
  }): Promise<Result<Appended & { entry: string }>>
  endClient(change: {
    client: string
    effectiveOn?: PlainDate
    reason?: string
  }): Promise<Result<Appended & { entry: string }>>
  resumeClient(change: {
    client: string
    effectiveOn?: PlainDate
    reason?: string
  }): Promise<Result<Appended & { entry: string }>>
  /** Takes an entry back by appending (TL3). */
  retract(change: { entry: string; reason?: string }): Promise<Result<Appended>>
  /**
   * Settles a contested client in one action that names all sides (TL4). `keep` is the entry id of the side that holds, the others are taken
   * back where they would still take effect; `all` lets each side hold from its own day on.
   */
  settle(change: { client: string; keep: string; reason?: string }): Promise<Result<Appended>>
  addTier(tier: {
    name: string
    typicalUse?: string
    rank?: number
    colour?: TierColourName
  }): Promise<Result<Appended & { id: string }>>
  editTier(change: {
    tier: string
    name?: string
    typicalUse?: string | null
    rank?: number
    colour?: TierColourName
  }): Promise<Result<Appended>>
  /** Saves a view of the table for everybody in the book; one of the same name gives way, and so does the one named `instead`: that is how one is renamed. */
  saveView(view: SavedView & { readonly instead?: string }): Promise<Result<Appended>>
  /** Takes a saved view away, for everybody. */
  removeView(view: { name: string }): Promise<Result<Appended>>
  /**
   * Ends what a device's signatures count for (LG6), with what is here of it once all has come that the server has by now; without `device` those of all the
   * actor's devices. It does not keep the device out, that is the server's part: let the server sign it out first, so that nothing comes after.
   */
  revokeDevices(which: { actor: string; device?: string }): Promise<Result<Appended>>
  /** A feed's report; not logged, at most hourly per client, the largest wins. Gives how many were written. */
  recordActivity(reports: readonly { client: string; at: number }[]): Promise<Result<{ written: number }>>
  /** Says for every row what an import would do; changes nothing. Rejects where the code for it cannot be fetched. */
  planImport(rows: readonly ImportRow[], options?: { source?: string }): Promise<ImportPlan>
  /** Carries a plan out: all good rows or, after a crash, the rest at the next opening. */
  importClients(plan: ImportPlan): Promise<Result<{ batch: string; added: number; changed: number }>>

  settings(): BookSettings
  /** Today's date in the book's zone. */
  today(): PlainDate
  /** All tiers in tier order. */
  tiers(): readonly Tier[]
  clients(query?: ClientQuery): readonly ClientRow[]
  client(id: string): ClientRow | undefined
  /** Clients to settle, by name. */
  contested(): readonly ContestedClient[]
  /**
   * Of how many actions a server's time of receipt is known: for the rest, "known at" rests on the clocks of devices. For a moment `knownAt` before the first
   * receipt that is known it rests on them alone.
   */
  receipts(options?: { readonly knownAt?: number | undefined }): { readonly received: number; readonly actions: number }
  /** When the server received an action, epoch ms; null where that is not known, or the server does not have it yet. */
  receivedAt(action: string): number | null
  /** The client's entries, newest first. */
  history(client: string): readonly Change[]
  /** The whole book's entries, newest first. */
  changes(query?: ChangeQuery): ChangeList
  tierOn(client: string, date: PlainDate, options?: { knownAt?: number }): string | null
  /**
   * Which tiers hold in a range of dates. `assuming` counts one more change as if it were recorded last, without recording it: a change of an
   * earlier date need not reach today. Its periods have no `entry`. Whether the command would refuse it is not asked.
   */
  tierPeriods(
    client: string,
    range: { from: PlainDate; to: PlainDate; knownAt?: number; assuming?: AssumedTierChange },
  ): readonly TierPeriod[]
  /** Saved views of the table, by name. */
  views(): readonly SavedView[]
  /** Everybody who ever wrote, with the latest name. */
  actors(): readonly Author[]
  /** Devices whose signatures have ended. */
  revokedDevices(): readonly { readonly actor: string; readonly device: string }[]
  /** What could not be read, whole, for export. */
  problems(): readonly { readonly text: string; readonly problem: string }[]

  /** What could not be read, was refused by the server, or is held by this device alone; oldest first. It stays until it is removed here. */
  setAside(): Promise<readonly SetAside[]>
  /** Removes things that were set aside from this device, by their ids. */
  removeSetAside(ids: readonly string[]): Promise<void>
  /** Refuses all commands from now on, or takes them again: the author's role changed while the book is open. */
  setReadOnly(readOnly: boolean): void
  /** Stores the whole book on this device again, after another tab or the browser deleted it. Rejects where that fails. */
  storeAgain(): Promise<void>
  /**
   * Brings actions that were set aside into the book, each as its author made it. A server takes those of others from an owner only while nobody else
   * has written to the book; it answers with `not-admitted` and nothing changes.
   */
  bringIn(setAside: string): Promise<Result<{ brought: number }>>
  /**
   * Brings a copy of this book from elsewhere into it, as `readBookFile` of `@tierbook/core/file` gives it; what is here already counts once. In a book
   * with a server, changes that the server does not take are set aside. Fails with `damaged-copy` where the copy is no book, and changes nothing.
   */
  mergeCopy(copy: Uint8Array): Promise<Result<MergedCopy>>
  /** The person has read `status.recovery`. */
  dismissRecovery(): Promise<void>

  readonly status: BookStatus
  /** Calls `listener` after each change, once per transaction; returns the unsubscribe function. */
  subscribe(listener: (change: BookChange) => void): () => void
  /** Turns rows over whose day has come. Happens by itself every half minute and when a page becomes visible; call it after a sleep you know of. */
  checkDay(): void
  /** Resolves when everything is on this device's disk and, with a server, acknowledged; rejects if a write failed. Waits while offline. */
  flush(): Promise<void>
  /** Ends timers, sockets and storage after the last write; calling it twice is harmless. */
  close(): Promise<void>
}
