// What writes into one document: the commands with their schemas, and the session they write under. Loaded behind the first rows, since
// nobody edits before there are any.
import type { Doc } from 'yjs'
import type { Appended } from '../book.ts'
import { draftActivity } from '../commands/activity.ts'
import type { BillingOutcomes } from '../book-billing.ts'
import type { BookUndo, UndoPreview, UndoRequest } from '../book-undo.ts'
import { draftBilling, nameHeads, planBilling } from '../commands/billing-change.ts'
import { changeClients, type ClientsChangeDraft } from '../commands/change-clients.ts'
import { assignTier, endClient, resumeClient } from '../commands/assignments.ts'
import { editBook } from '../commands/book-settings.ts'
import { addClient, editClient } from '../commands/clients.ts'
import type { Command, CommandContext, Draft } from '../commands/draft.ts'
import { noteExport } from '../commands/note-export.ts'
import { setPrice, upliftPrices } from '../commands/prices.ts'
import { retract } from '../commands/retract.ts'
import { sealRun } from '../commands/seal-run.ts'
import { settle } from '../commands/settle.ts'
import { revokeDevices } from '../commands/revoke-devices.ts'
import { addTier, editTier } from '../commands/tiers.ts'
import { recordUsage } from '../commands/usage.ts'
import { removeView, saveView } from '../commands/views.ts'
import { draftWithdrawal } from '../commands/withdraw.ts'
import type { BillingFacts } from '../projection/billing-facts.ts'
import { nextTask } from '../next-task.ts'
import { type Result, succeed } from '../result.ts'
import { messageOf } from '../log/signed-text.ts'
import { type AppenderOptions, createAppender, type PreparedAction, type Written } from './append.ts'
import { deviceInForce, type DeviceInForceParts, saysAnotherKey } from './device-in-force.ts'
import type { Status } from './status.ts'
import { unseenWork } from './unseen-work.ts'
import { createUndoing } from './undoing.ts'
import { createImporter, type Importer } from './importer.ts'

/** Writes; whoever calls has waited for its turn. */
export interface Writing {
  /** Whether the device that it writes as was revoked since, or had said another key: what it signs counts for nothing, and another one is to be made. */
  readonly isOver: boolean
  /** Decides and writes one action. */
  write(name: CommandName, input: unknown): Promise<Result<unknown>>
  /** Decides and writes one action. `decide` is called again where the book changed before its action could be written. */
  append<T>(name: string, decide: () => Result<Draft<T>>): Promise<Result<T>>
  /** Writes a feed's report. */
  report(name: string, reports: unknown): Result<{ written: number }>
  /** Writes all parts of a seal, with nothing between them. */
  seal(input: { readonly sealed: unknown; readonly prefix: string }): Promise<Result<{ action: string }>>
  /** Writes records of usage, all or none. */
  recordUsage(records: unknown): Promise<Result<{ action: string; written: number }>>
  previewBilling(change: unknown): Result<BillingOutcomes>
  /** Writes a batch of prices, usage and tier changes with nothing between its actions. */
  applyBilling(change: unknown): Promise<Result<{ batch: string; written: number }>>
  /** Changes many clients with nothing between them. */
  changeClients(input: unknown): ReturnType<BookUndo['changeClients']>
  previewUndo(does: UndoDoes, request: UndoRequest | undefined): Result<UndoPreview>
  /** Undoes or redoes wholly or not at all. */
  undo(does: UndoDoes, request: UndoRequest | undefined): Promise<Result<{ unit: string; actions: readonly string[] }>>
  /** Declares that a server refused the actions of these texts. */
  withdraw(texts: readonly string[]): Promise<Result<unknown>>
  /** Ends what a device's signatures count for. */
  revokeDevices(input: unknown): Promise<Result<Appended>>
  readonly importer: Importer
}

type UndoDoes = 'undo' | 'redo'

/** What writing needs of an open document. */
export interface WritingParts extends DeviceInForceParts {
  readonly context: CommandContext
  readonly doc: Doc
  readonly appending: Omit<AppenderOptions, 'isIntroduced'>
  readonly facts: () => BillingFacts
  /** Why the book takes no commands any more, if so. */
  readonly refusal: Status['refusal']
  /** Hands what was written to this device's storage. */
  readonly keep: (written: Written) => void
}

/** Commands that are one action each, decided by one function. */
type CommandName = keyof ReturnType<typeof commandsOf>

/** While the book changes under the hand of whoever signs, it is decided anew; this often at most. */
const mostTries = 6

/** Begins a session of writing; loads or makes the device's key first. */
export async function createWriting(parts: WritingParts): Promise<Writing> {
  const { context, facts } = parts
  const { device, signer, before } = await deviceInForce(parts)
  const { projection } = context
  const { author } = parts.appending
  const actor = author.id
  const publicKey = signer?.publicKey ?? null
  const appender = createAppender(parts.doc, {
    ...parts.appending,
    device,
    publicKey,
    isIntroduced: () =>
      projection.devices.get(device) === author.name &&
      projection.actors.has(actor) &&
      (publicKey === null || projection.keys.has(`${actor} ${device} ${publicKey}`)),
    // Read when it is said: what another tab wrote as the earlier device may still have come.
    again() {
      if (before === null) return null
      return projection.revoked.has(`${actor} ${before}`)
        ? unseenWork(projection, { actor, device: before })
        : { again: before }
    },
  })
  const commands: Readonly<Record<CommandName, Command<unknown, unknown>>> = commandsOf()
  const idOf = (place: number) => appender.idOf(place)
  const undoing = createUndoing({ context: { ...context, actor, facts }, appendAll, idOf })

  /**
   * Decides, signs and writes, all in one go: what is kept in one go is stored in one go, so that a batch is on this device whole or not at
   * all. Signing takes a moment, and whatever arrives meanwhile may change what is to be decided. In a book that never rests what was decided is written
   * in the end, as if what arrived during the last signing had come right behind it.
   */
  async function appendAll<T>(name: string, decide: () => Result<readonly Draft<T>[]>): Promise<Result<readonly T[]>> {
    for (let tries = 1; ; tries++) {
      const drafts = decide()
      if (!drafts.ok) return drafts
      const { changes } = appender
      const prepared = await appender.prepare(drafts.value, sign)
      if (!prepared.ok) return prepared
      // A newer schema may have come meanwhile; the last try asks as well.
      const refusal = parts.refusal()
      if (refusal) return { ok: false, error: refusal }
      if (tries === mostTries || appender.changes === changes)
        return succeed(writeAll(name, drafts.value, prepared.value))
    }
  }

  /** Each action has a signature of its own: others get them one by one, and a server may refuse any of them. */
  function sign(text: string): Promise<string> | null {
    return signer ? signer.sign(messageOf(context.book, text)) : null
  }

  function writeAll<T>(name: string, drafts: readonly Draft<T>[], actions: readonly PreparedAction[]): readonly T[] {
    return drafts.map((draft, place) => {
      const action = actions[place] as PreparedAction
      const notes = undoing.notesOf(draft)
      const written = appender.insert(name, draft, action)
      undoing.keepNotes(written.id, notes)
      parts.keep(written)
      return draft.value(written.id)
    })
  }

  async function append<T>(name: string, decide: () => Result<Draft<T>>): Promise<Result<T>> {
    const written = await appendAll(name, () => {
      const draft = decide()
      return draft.ok ? succeed([draft.value]) : draft
    })
    return written.ok ? succeed(written.value[0] as T) : written
  }

  async function changing(input: unknown) {
    let told: Omit<ClientsChangeDraft, 'drafts'> = { batch: '', changed: [], refused: [] }
    const written = await appendAll('changeClients', () => {
      const change = changeClients(context, input)
      if (!change.ok) return change
      const { drafts, ...value } = change.value
      told = value
      return succeed(drafts)
    })
    return written.ok ? succeed(told) : written
  }

  async function writeUsage(records: unknown): Promise<Result<{ action: string; written: number }>> {
    let written = 0
    const actions = await appendAll('recordUsage', () => {
      const usage = recordUsage(context, facts(), records)
      if (!usage.ok) return usage
      written = usage.value.written
      return succeed(usage.value.drafts)
    })
    return actions.ok ? succeed({ action: actions.value[0] ?? '', written }) : actions
  }

  async function applyBilling(change: unknown): Promise<Result<{ batch: string; written: number }>> {
    let told = { batch: '', written: 0 }
    const written = await appendAll('applyBilling', () => {
      const plan = planBilling(context, facts(), change)
      const drafted = plan.ok ? draftBilling(plan.value) : plan
      if (!drafted.ok) return drafted
      const { drafts, ...value } = drafted.value
      told = value
      return succeed(nameHeads(context, drafts, idOf))
    })
    return written.ok ? succeed(told) : written
  }

  return {
    get isOver() {
      const self = `${actor} ${device}`
      return projection.revoked.has(self) || saysAnotherKey(projection, self, publicKey)
    },
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
    async revokeDevices(input) {
      const written = await appendAll('revokeDevices', () =>
        revokeDevices({ ...context, writing: { actor, device } }, input),
      )
      return written.ok ? succeed(written.value[0] as Appended) : written
    },
    withdraw: (texts) => appendAll('withdraw', () => succeed(draftWithdrawal(texts))),
    importer: createImporter(context, parts.marks),
    write: (name, input) => append(name, () => commands[name](context, input)),
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
        const written = await append('sealRun', () => succeed(draft))
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
