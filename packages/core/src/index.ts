// The public face of @tierbook/core.
export type {
  Appended,
  AssumedTierChange,
  Author,
  Book,
  BookChange,
  BookSettings,
  BookStatus,
  Change,
  ChangeList,
  ChangeQuery,
  ClientQuery,
  ClientRow,
  ClientSortKey,
  ContestedClient,
  MergedCopy,
  RecoveryReport,
  SavedView,
  ScheduledChange,
  SyncState,
  TierPeriod,
  UndoneUnit,
} from './book.ts'
export type { BillingChange, BillingOutcome, BillingOutcomes, TierChange } from './book-billing.ts'
export type { ClientsChange, RefusedClient, UndoChange, UndoObstacle, UndoPreview, UndoRequest } from './book-undo.ts'
export type { ImportPlan, ImportProblem, ImportRow, ImportStep } from './commands/import-plan.ts'
export { type Because, becauseSchemas, type BecauseOf, type BecauseSays } from './because.ts'
export { openBook, type OpenBookOptions } from './opening/open-book.ts'
export { type BookPreview, previewBook } from './opening/preview-book.ts'
export type { BillingInput } from './projection/billing-input.ts'
export type { SealedLineFacts, SealedRunFacts } from './projection/sealed-run.ts'
export type { ExportFacts, Said } from './projection/billing-facts.ts'
export type { SealFacts } from './projection/seal-facts.ts'
export type { ExportFields, PriceFields, UpliftFields, UsageFields } from './schema/billing-entries.ts'
export type { CommandError, ErrorCode, Result } from './result.ts'
export { builtInTiers, type Tier, type TierColourName } from './schema/built-in-tiers.ts'
export { textLimits, TierColour } from './schema/entries.ts'
export type { OtherRef } from './schema/other-refs.ts'
export { createId, Id } from './schema/ids.ts'
export { dateInZone, endOfDay, isPlainDate, isTimeZone, type PlainDate } from './schema/plain-date.ts'
export { memory } from './storage/memory.ts'
export type { BookStorage, JournalRecord, SetAside, StorageContext, StorageHandle } from './storage/storage.ts'
export { StorageError, type StorageErrorCode } from './storage/storage-error.ts'
export type { RefusedRange } from './protocol/durable.ts'
export type { ServerHead } from './protocol/head.ts'
export type { Receipt, ReceiptPage, ReceiptPosition } from './protocol/receipts.ts'
export type {
  BookSync,
  FinalWord,
  HistoryDoubt,
  HistoryKeeper,
  ReceiptKeeper,
  SyncContext,
  SyncHandle,
} from './sync/sync.ts'
