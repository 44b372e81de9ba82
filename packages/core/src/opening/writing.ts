// What writes into one document: the commands with their schemas, and the session they write under. Loaded behind the first rows, since
// nobody edits before there are any.
import type { Doc } from 'yjs'
import { draftActivity } from '../commands/activity.ts'
import type { BillingOutcomes } from '../book-billing.ts'
import type { BookUndo, UndoPreview, UndoRequest } from '../book-undo.ts'
import { draftBilling, nameHeads, planBilling } from '../commands/billing-change.ts'
import { changeClients } from '../commands/change-clients.ts'
import { assignTier, endClient, resumeClient } from '../commands/assignments.ts'
import { editBook } from '../commands/book-settings.ts'
import { addClient, editClient } from '../commands/clients.ts'
import type { Command, CommandContext, Draft } from '../commands/draft.ts'
import { noteExport } from '../commands/note-export.ts'
import { setPrice, upliftPrices } from '../commands/prices.ts'
import { retract } from '../commands/retract.ts'
import { sealRun } from '../commands/seal-run.ts'
import { settle } from '../commands/settle.ts'
import { addTier, editTier } from '../commands/tiers.ts'
import { recordUsage } from '../commands/usage.ts'
import { removeView, saveView } from '../commands/views.ts'
import type { BillingFacts } from '../projection/billing-facts.ts'
import { nextTask } from '../next-task.ts'
import { type Result, succeed } from '../result.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { type AppenderOptions, createAppender, type Written } from './append.ts'
import { createUndoing } from './undoing.ts'
import { createImporter, type Importer } from './importer.ts'

/** Writes; whoever calls has waited for its turn. */
export interface Writing {
  /** Decides and writes one action. */
  write(name: CommandName, input: unknown): Result<unknown>
  /** Writes what was decided. */
  append<T>(name: string, draft: Result<Draft<T>>): Result<T>
  /** Writes a feed's report. */
  report(name: string, reports: unknown): Result<{ written: number }>
  /** Writes all parts of a seal, with nothing between them. */
  seal(input: { readonly sealed: unknown; readonly prefix: string }): Promise<Result<{ action: string }>>
  /** Writes records of usage, all or none. */
  recordUsage(records: unknown): Result<{ action: string; written: number }>
  previewBilling(change: unknown): Result<BillingOutcomes>
  /** Writes a batch of prices, usage and tier changes with nothing between its actions. */
  applyBilling(change: unknown): Result<{ batch: string; written: number }>
  /** Changes many clients with nothing between them. */
  changeClients(input: unknown): ReturnType<BookUndo['changeClients']> extends Promise<infer R> ? R : never
  previewUndo(does: UndoDoes, request: UndoRequest | undefined): Result<UndoPreview>
  /** Undoes or redoes wholly or not at all. */
  undo(does: UndoDoes, request: UndoRequest | undefined): Result<{ unit: string; actions: readonly string[] }>
  readonly importer: Importer
}

type UndoDoes = 'undo' | 'redo'

/** What writing needs of an open document. */
export interface WritingParts {
  readonly context: CommandContext
  readonly doc: Doc
  readonly appending: AppenderOptions
  readonly facts: () => BillingFacts
  readonly marks: StorageHandle['marks']
  /** Hands what was written to this device's storage. */
  readonly keep: (written: Written) => void
}

/** Commands that are one action each, decided by one function. */
type CommandName = keyof ReturnType<typeof commandsOf>

/** Begins a session of writing. */
export function createWriting(parts: WritingParts): Writing {
  const { context, facts } = parts
  const appender = createAppender(parts.doc, parts.appending)
  const commands: Readonly<Record<CommandName, Command<unknown, unknown>>> = commandsOf()

  const undoing = createUndoing({ context: { ...context, actor: parts.appending.author.id, facts }, appendAll })
  const changing = (input: unknown) => {
    const change = changeClients(context, input)
    if (!change.ok) return change
    const { drafts, ...value } = change.value
    const written = appendAll('changeClients', drafts)
    return written.ok ? succeed(value) : written
  }

  /** What is kept in one go is stored in one go: on this device a batch is there whole or not at all. */
  function appendAll(name: string, drafts: readonly Draft<string>[]): Result<readonly string[]> {
    const actions: string[] = []
    for (const draft of drafts) {
      const written = append(name, succeed(draft))
      if (!written.ok) return written
      actions.push(written.value)
    }
    return succeed(actions)
  }

  function writeUsage(records: unknown): Result<{ action: string; written: number }> {
    const usage = recordUsage(context, facts(), records)
    if (!usage.ok) return usage
    const actions = appendAll('recordUsage', usage.value.drafts)
    return actions.ok ? succeed({ action: actions.value[0] ?? '', written: usage.value.written }) : actions
  }

  function applyBilling(change: unknown): Result<{ batch: string; written: number }> {
    const plan = planBilling(context, facts(), change)
    const drafted = plan.ok ? draftBilling(plan.value) : plan
    if (!drafted.ok) return drafted
    const { drafts, ...value } = drafted.value
    for (const draft of drafts) {
      const written = append('applyBilling', succeed(nameHeads(context, draft)))
      if (!written.ok) return written
    }
    return succeed(value)
  }

  function append<T>(name: string, draft: Result<Draft<T>>): Result<T> {
    if (!draft.ok) return draft
    const notes = undoing.notesOf(draft.value)
    const appended = appender.append(name, draft.value)
    if (!appended.ok) return appended
    undoing.keepNotes(appended.value.written.id, notes)
    parts.keep(appended.value.written)
    return succeed(appended.value.value)
  }

  return {
    append,
    changeClients: changing,
    recordUsage: writeUsage,
    previewBilling(change) {
      const plan = planBilling(context, facts(), change)
      return plan.ok ? succeed(plan.value.outcomes) : plan
    },
    applyBilling,
    previewUndo: (does, request) => undoing.preview(does, request),
    undo: (does, request) => undoing.run(does, request),
    importer: createImporter(context, parts.marks),
    write: (name, input) => append(name, commands[name](context, input)),
    report(name, reports) {
      const draft = draftActivity(context.projection, reports, parts.appending.now())
      if (!draft.ok) return draft
      if (draft.value.texts.length > 0) parts.keep(appender.report(name, draft.value))
      return succeed({ written: draft.value.clients })
    },
    async seal(input) {
      const drafts = await sealRun(context, facts, input)
      if (!drafts.ok) return drafts
      // A seal counts when all of its parts are there (PB3), so a page may breathe between them.
      const actions: string[] = []
      for (const draft of drafts.value) {
        if (actions.length > 0) await nextTask()
        const written = append('sealRun', succeed(draft))
        if (!written.ok) return written
        actions.push(written.value)
      }
      return succeed({ action: actions[0] ?? '' })
    },
  }
}

function commandsOf() {
  return {
    editBook,
    addClient,
    editClient,
    assignTier,
    endClient,
    resumeClient,
    retract,
    settle,
    addTier,
    editTier,
    setPrice,
    upliftPrices,
    noteExport,
    saveView,
    removeView,
  } satisfies Record<string, Command<unknown, unknown>>
}
