// Remembers when the server received each action; what is not remembered yet is asked for again at the next connection.
import type { ActionLog } from '../log/action-log.ts'
import { Receipts } from '../log/receipts.ts'
import { runAtOnce, runInSlices } from '../slices.ts'
import type { ReceiptPage } from '../protocol/receipts.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { ReceiptKeeper } from '../sync/sync.ts'
import { markNames } from './durability.ts'
import { whenIdle } from './when-idle.ts'

/** Receipts of a book that grows by an edit now and then are stored so soon after the last one, in ms. */
const restMs = 2_000
/** Up to so many receipts, all of them are written anew with each pause: 400 kB. */
const shortList = 20_000
/** So many are taken in a millisecond. */
const atOnce = 1_000
/** Longer lists are written anew when they grew by this part. */
const growth = 0.05

/** Receipts, whom the sync adapter gives them to, and their end. */
export interface KeptReceipts {
  readonly receipts: Receipts
  readonly keeper: ReceiptKeeper
  /** Has receipts find their actions while nobody waits: those of earlier openings once the page is idle, others when they come. */
  joinAhead(log: () => ActionLog): void
  /** Stores what is not stored yet. */
  close(): Promise<void>
}

/** Starts from what an earlier opening stored. */
export async function keepReceipts(marks: StorageHandle['marks'], onChange: () => void): Promise<KeptReceipts> {
  const receipts = new Receipts(await marks.get(markNames.receipts).catch(() => undefined))
  let stored = receipts.position
  let storedSize = receipts.size
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing: Promise<void> = Promise.resolve()
  let logNow: (() => ActionLog) | undefined
  let cancel = () => {}

  /** What the first question about what was known at a moment would wait for. */
  async function join(): Promise<void> {
    if (logNow) await runInSlices(receipts.joining(logNow(), { withEarlier: true }))
  }

  function store(): void {
    clearTimeout(timer)
    const { generation, seq } = receipts.position
    if (stored.generation === generation && stored.seq === seq) return
    stored = receipts.position
    storedSize = receipts.size
    writing = writing.then(() => marks.set(markNames.receipts, receipts.toStored())).catch(() => undefined)
  }

  function taken(page: ReceiptPage): void {
    clearTimeout(timer)
    if (receipts.size > shortList && receipts.size < storedSize * (1 + growth)) timer = undefined
    else timer = setTimeout(store, restMs)
    if (typeof timer === 'object') timer.unref()
    if (page.receipts.length > 0) onChange()
  }

  return {
    receipts,
    keeper: {
      position: () => receipts.position,
      take(page) {
        if (page.receipts.length <= atOnce) {
          runAtOnce(receipts.taking(page))
          return taken(page)
        }
        return runInSlices(receipts.taking(page)).then(() => (taken(page), join()))
      },
    },
    joinAhead(log) {
      logNow = log
      if ('document' in globalThis) cancel = whenIdle(() => void join())
    },
    async close() {
      cancel()
      store()
      await writing
    },
  }
}
