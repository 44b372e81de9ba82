// Gives up the bytes of updates that are older than an operator keeps them, book by book, each only once a snapshot provably holds what they brought.
// Their rows stay in the chain, and so do their receipts (docs/decisions/0100).
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../logger.ts'
import type { ServerStorage, StoredSnapshot } from '../storage/storage.ts'
import type { Pieces } from './book-work.ts'
import { openStoredContents } from './stored-contents.ts'
import type { BookWorker } from './worker.ts'

export interface TrimOptions {
  readonly storage: ServerStorage
  readonly worker: BookWorker
  readonly logger: Logger
  /** Updates that were received before, epoch ms, are given up. */
  readonly before: number
  /** Asked between books. @default never */
  readonly isStopped?: () => boolean
  /** Between two books, in ms. @default a timer */
  readonly rest?: (ms: number) => Promise<unknown>
  /** In ms. @default the monotonic one */
  readonly clock?: () => number
}

/** Between two books it rests this many times as long as the first took, so that a server with a million of them has nine tenths of its time for devices. */
const restTimes = 9
/** A server that stops waits for no more than this. */
const longestRestMs = 200

/** Gives how many updates have no bytes any more that had some. A book that fails is logged, keeps everything, and is in nobody's way. */
export async function trimLogs(options: TrimOptions): Promise<number> {
  const { storage, logger, isStopped, rest = pause, clock = () => performance.now() } = options
  let trimmed = 0
  for await (const { book } of storage.books()) {
    if (isStopped?.()) break
    const begunAt = clock()
    try {
      const updates = await trimBook(book, options)
      trimmed += updates
      if (updates > 0) logger.info({ book, updates }, 'the bytes of old updates were given up')
    } catch (error) {
      if (!isStopped?.())
        logger.error({ book, err: error }, 'old updates were kept, because something is wrong with them')
    }
    if (!isStopped?.()) await rest(Math.min((clock() - begunAt) * restTimes, longestRestMs))
  }
  return trimmed
}

async function trimBook(book: string, { storage, worker, logger, before }: TrimOptions): Promise<number> {
  const start = await storage.logStart(book)
  const from = start?.trimmedTo ?? 0
  const trimmedTo = await lastBefore(storage, book, { after: from, before })
  if (trimmedTo === from) return 0
  const snapshot = await snapshotHolding(book, trimmedTo, { storage, worker, logger })
  if (!snapshot) return 0
  // Read from the log itself, not from what the snapshot was made of.
  const log = await readLog(storage, book, { after: start?.snapshot ?? null, to: snapshot.seq })
  if (!(await worker.isSame(log, await snapshot.read())))
    throw new Error(`the snapshot of ${snapshot.seq} updates is not what they make together`)
  const isTrimmed = await storage.trim({ book, seq: snapshot.seq, trimmedTo })
  return isTrimmed ? trimmedTo - from : 0
}

/** The last of those that came before `before` without one between them that came later: a clock may have been put back. */
async function lastBefore(
  storage: ServerStorage,
  book: string,
  { after, before }: { after: number; before: number },
): Promise<number> {
  let last = after
  for await (const { seq, receivedAt } of storage.chain(book, { after })) {
    if (receivedAt >= before) break
    last = seq
    if (seq % 1_000 === 0) await nextTurn()
  }
  return last
}

/** The newest, made anew where it is older; null where another server's took its place meanwhile, and there is always another day. */
async function snapshotHolding(
  book: string,
  seq: number,
  { storage, worker, logger }: Pick<TrimOptions, 'storage' | 'worker' | 'logger'>,
): Promise<StoredSnapshot | null> {
  const loaded = await storage.load(book)
  if (loaded && (loaded.snapshot?.seq ?? 0) < seq) {
    const onDamaged = (damaged: number) => logger.warn({ book, seq: damaged }, 'a snapshot could not be read')
    await (await openStoredContents(loaded, { storage, worker, onDamaged })).compact()
  }
  const snapshot = (await storage.load(book))?.snapshot ?? null
  return snapshot && snapshot.seq >= seq ? snapshot : null
}

async function readLog(
  storage: ServerStorage,
  book: string,
  { after, to }: { after: StoredSnapshot | null; to: number },
): Promise<Pieces[]> {
  const log: Pieces[] = after ? [await after.read()] : []
  for await (const { bytes } of storage.updates(book, { from: (after?.seq ?? 0) + 1, to })) log.push([bytes])
  return log
}
