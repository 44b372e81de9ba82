// What an open book offers to undo, to do again, and to do to many clients at once.
import type { Because } from './because.ts'
import type { CommandError, Result } from './result.ts'
import type { PlainDate } from './schema/plain-date.ts'

/** What to undo or to do again. */
export interface UndoRequest {
  /**
   * An action's id, or that of a batch: a batch is undone as one. Only what this book's author did.
   * @default the last thing the author did that is not undone; for `redo`, what was undone last, unless the author did something since
   */
  readonly unit?: string
}

/** What undoing, or doing again, would change for one client, tier, price, view or the book. */
export interface UndoChange {
  /** `stays`: nothing is different afterwards, since the same was said another time too; as when two devices import one file. */
  readonly kind:
    'removed' | 'added' | 'stays' | 'tier' | 'details' | 'price' | 'usage' | 'catalogue' | 'settings' | 'view'
  readonly client: string | null
  /** Of the client, or of what else it is about. */
  readonly name: string
  /** For `tier`: the day looked at, and the tier on it before and after; null where no service is given. */
  readonly on: PlainDate | null
  readonly from: string | null
  readonly to: string | null
}

/** Why it cannot be undone as one. */
export interface UndoObstacle {
  readonly code: 'not-undoable' | 'built-upon' | 'not-kept'
  readonly client: string | null
  readonly message: string
  readonly because?: Because
}

/** What `undo` or `redo` would do. With obstacles it would do nothing. */
export interface UndoPreview {
  readonly unit: string
  /** Whether it is a batch: one import, or one change of many clients. */
  readonly isBatch: boolean
  /** When it was done first, epoch ms by the device's clock. */
  readonly at: number
  readonly changes: readonly UndoChange[]
  readonly obstacles: readonly UndoObstacle[]
}

/** A client that a change of many left out, and why. */
export interface RefusedClient extends CommandError {
  readonly client: string
}

/** One change of many clients. */
export interface ClientsChange {
  readonly clients: readonly string[]
  readonly to: { readonly tier: string } | 'end' | 'resume'
  /** @default today */
  readonly effectiveOn?: PlainDate
  readonly reason?: string
}

/** The part of a book that undoes and redoes. */
export interface BookUndo {
  /** Does to many clients what `assignTier`, `endClient` or `resumeClient` does to one, as one batch. Clients that refuse are left out and named. */
  changeClients(change: ClientsChange): Promise<
    Result<{
      readonly batch: string
      readonly changed: readonly string[]
      readonly refused: readonly RefusedClient[]
    }>
  >
  /** Says what `undo` would change, and what stands against it; changes nothing. */
  previewUndo(request?: UndoRequest): Promise<Result<UndoPreview>>
  previewRedo(request?: UndoRequest): Promise<Result<UndoPreview>>
  /**
   * Undoes by appending (LG2), wholly or not at all, also after a restart and what was sent long ago. Refuses with `built-upon` where later
   * entries build on it, with `not-undoable` for what stays, and with `not-kept` where what stood there before is not known any more.
   */
  undo(request?: UndoRequest): Promise<Result<{ readonly unit: string; readonly actions: readonly string[] }>>
  /** Does again what was undone. */
  redo(request?: UndoRequest): Promise<Result<{ readonly unit: string; readonly actions: readonly string[] }>>
}
