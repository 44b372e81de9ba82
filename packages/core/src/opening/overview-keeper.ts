// Stores the overview for the next opening once changes pause, and takes the stored one away as soon as it is no longer what the book shows.
import type { BookProjection } from '../projection/book-projection.ts'
import { isMarkOf, type SealedWithMark, sealingOverview } from '../projection/seal-overview.ts'
import { runAtOnce, runInSlices } from '../slices.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { markNames } from './durability.ts'

/** Changes have paused when none came for so long, in ms. */
const restMs = 10_000
/** A book with fewer clients is there about as fast as its overview would be. */
const worthStoring = 500

/** Keeps the stored overview true. */
export interface OverviewKeeper {
  /** Something that the overview shows changed. */
  noteChange(): void
  /** Stores what is not stored yet. */
  close(): Promise<void>
}

/** Looks whether what is stored is of this state, and stores it soon where it is not. */
export async function keepOverview(marks: StorageHandle['marks'], projection: BookProjection): Promise<OverviewKeeper> {
  const mark = await marks.get(markNames.overviewMark).catch(() => undefined)
  let isStored = isMarkOf(mark, projection)
  let timer: ReturnType<typeof setTimeout> | undefined
  let changes = 0
  let writing: Promise<unknown> = Promise.resolve()

  const hasNothingToStore = () => isStored || projection.rows.size < worthStoring

  /** A page that goes away cannot pause. */
  function storeAtOnce(): void {
    clearTimeout(timer)
    timer = undefined
    if (!hasNothingToStore()) write(runAtOnce(sealingOverview(projection)))
  }

  async function storeInSlices(): Promise<void> {
    const seen = changes
    const sealed = hasNothingToStore()
      ? null
      : await runInSlices(sealingOverview(projection), () => seen !== changes || isStored)
    if (sealed) write(sealed)
  }

  function write({ overview, mark }: SealedWithMark): void {
    isStored = true
    // Begun at once and together: a page that goes away finishes what it began.
    enqueue(() => Promise.all([marks.set(markNames.overview, overview), marks.set(markNames.overviewMark, mark)]))
  }

  // A full disk is told by the journal's writes; an overview that is not stored takes nothing from anybody.
  function enqueue(work: () => Promise<unknown>): void {
    writing = Promise.all([writing, work()]).catch(() => undefined)
  }

  function takeAway(): void {
    enqueue(() => Promise.all([marks.delete(markNames.overview), marks.delete(markNames.overviewMark)]))
  }

  /** One timer for all changes: an edit must not pay for it. */
  function storeSoon(): void {
    changes += 1
    timer ??= later(changes)
  }

  function later(seen: number): ReturnType<typeof setTimeout> {
    const waiting = setTimeout(() => {
      timer = undefined
      if (seen === changes) void storeInSlices()
      else timer = later(changes)
    }, restMs)
    if (typeof waiting === 'object') waiting.unref()
    return waiting
  }

  const { document: page } = globalThis as { document?: EventTarget & { visibilityState: string } }
  const onVisibility = () => {
    if (page?.visibilityState === 'hidden') storeAtOnce()
  }
  page?.addEventListener('visibilitychange', onVisibility)
  if (!isStored && mark !== undefined) takeAway()
  if (!isStored) storeSoon()
  return {
    noteChange() {
      if (isStored) {
        isStored = false
        takeAway()
      }
      storeSoon()
    },
    async close() {
      page?.removeEventListener('visibilitychange', onVisibility)
      storeAtOnce()
      await writing
    },
  }
}
