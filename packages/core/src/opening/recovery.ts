// Starts what follows a server's refusal, or a server that lost history (SY3, SY5), and keeps the report of it. The work itself is loaded when it is needed.
import type * as Y from 'yjs'
import type { MergedCopy, RecoveryReport } from '../book.ts'
import { closeCode } from '../protocol/wire.ts'
import type { Result } from '../result.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { FinalWord } from '../sync/sync.ts'
import { aloneAmongTabs } from './alone-among-tabs.ts'
import { markNames } from './durability.ts'
import { isAboutContent } from './final-words.ts'
import type { OpenBookOptions } from './open-book.ts'
import type { Replica } from './open-replica.ts'
import type { ReportChange } from './recovery-report.ts'
import type { RecoveryRun } from './run-recovery.ts'

/** Runs at most one recovery at a time. */
export interface Recovery {
  readonly report: RecoveryReport | null
  /** Reads what an earlier opening left to say. */
  start(): Promise<void>
  /** The server ended the connection for good. */
  noteFinal(word: FinalWord): void
  /** Another tab of this profile has recovered: this one takes up the document that is stored now. */
  followOtherTab(): void
  /** See `Book.bringIn`. */
  bringIn(id: string): Promise<Result<{ brought: number }>>
  /** See `Book.mergeCopy`. */
  mergeCopy(copy: Uint8Array): Promise<Result<MergedCopy>>
  dismiss(): Promise<void>
  close(): Promise<void>
}

/** What a recovery works with; `storage` and `replica` are asked for anew, since it exchanges them. */
export interface RecoveryParts {
  readonly options: OpenBookOptions
  readonly now: () => number
  readonly storage: () => StorageHandle
  readonly replica: () => Replica
  /** Puts the document that `prepare` gives in place of the one so far; commands wait meanwhile. */
  readonly exchange: (prepare: () => Promise<Y.Doc>) => Promise<void>
  /** Opens the storage once more, beside the one in use, and loads what is stored into `doc`. */
  readonly openStorage: (doc: Y.Doc) => Promise<StorageHandle>
  /** From now on `storage` gives this one. */
  readonly takeStorage: (next: StorageHandle) => void
  /** The report changed, or something was set aside. */
  readonly onChange: () => Promise<void>
}

/** Makes the recovery of one open book. */
export function createRecovery(parts: RecoveryParts): Recovery {
  const { options, now } = parts
  let report: RecoveryReport | null = null
  let running: Promise<void> | undefined
  let loading: Promise<RecoveryRun> | undefined
  let isClosed = false
  /** A tab that is closed does not wait for another one's recovery, which may wait for a network. */
  const closing = new AbortController()
  let markOpen = () => {}
  const whenOpen = new Promise<void>((resolve) => (markOpen = resolve))

  async function note(change: ReportChange): Promise<RecoveryReport> {
    const noted = {
      phase: 'running',
      at: now(),
      reason: '',
      sentAgain: 0,
      refused: 0,
      ofOthers: 0,
      ...report,
      ...change,
    }
    await parts.storage().marks.set(markNames.recovery, noted)
    return noted as RecoveryReport
  }

  async function show(noted: RecoveryReport | null): Promise<void> {
    report = noted
    await parts.onChange()
  }

  async function tell(change: Partial<RecoveryReport>): Promise<void> {
    await show(await note(change))
  }

  function load(): Promise<RecoveryRun> {
    loading ??= import('./run-recovery.ts').then(({ createRecoveryRun }) =>
      createRecoveryRun(parts, { report: () => report, tell, note, show, isClosed: () => isClosed }),
    )
    return loading
  }

  async function run(work: (run: RecoveryRun) => Promise<void>): Promise<void> {
    const mine = (running ?? whenOpen).then(async () => {
      if (isClosed) return
      try {
        await work(await load())
      } catch (cause) {
        // The replica stays as it was, and the next opening tries again.
        const reason = cause instanceof Error ? cause.message : String(cause)
        await tell({ phase: 'waiting', reason }).catch(() => undefined)
      }
    })
    running = mine
    await mine
  }

  return {
    get report() {
      return report
    },
    async start() {
      const stored = await parts.storage().marks.get(markNames.recovery)
      if (stored !== undefined)
        await show((await import('./recovery-report.ts')).readReport(stored, parts.storage().documentName()))
      markOpen()
      // A kill may have come between a recovery and its declaration.
      if ((await parts.storage().marks.get(markNames.undeclared)) !== undefined)
        void run((loaded) => loaded.declare()).catch(() => undefined)
    },
    noteFinal(word) {
      // A wrong signature is nothing to recover from: the server is not what it says it is.
      if (word.reason.startsWith('bad-signature')) return
      if (!options.sync || !(isAboutContent(word) || word.closeCode === closeCode.otherGeneration)) return
      void run(async (loaded) => {
        const refused = parts.replica()
        await aloneAmongTabs(`tierbook-recovery:${options.id}`, closing.signal, async () => {
          // Another tab may have done it while this one waited.
          if (parts.replica() === refused) await loaded.recover(word)
        })
      })
    },
    followOtherTab() {
      void run((loaded) => loaded.followOtherTab())
    },
    bringIn: async (id) => (await load()).bringIn(id),
    mergeCopy: async (copy) => (await load()).mergeCopy(copy),
    async dismiss() {
      report = null
      await parts.storage().marks.delete(markNames.recovery)
      await parts.onChange()
    },
    async close() {
      isClosed = true
      closing.abort()
      await (await loading)?.close()
      await running
    },
  }
}
