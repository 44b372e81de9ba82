// What a recovery does (SY3, SY5): the replica is kept whole, the server's book loaded afresh, and
// what this author made and the server lacks is handed to it again.
import * as Y from 'yjs'
import type { MergedCopy, RecoveryReport } from '../book.ts'
import type { Result } from '../result.ts'
import type { SetAside } from '../storage/storage.ts'
import type { FinalWord } from '../sync/sync.ts'
import { actionsAside } from './actions-aside.ts'
import { bring, bringIn } from './bring-in.ts'
import { noteUndeclared, takeUndeclared } from './declarations.ts'
import { keepReplica, putInPlace } from './exchange-stored.ts'
import { isAboutContent } from './final-words.ts'
import { codeOf, handOver, suspectsOf } from './hand-over.ts'
import { findLacking, type LackingAction, writeJournaled } from './lacking-actions.ts'
import { laterActivity } from './later-activity.ts'
import { mergeCopy } from './merge-copy.ts'
import type { OpenBookOptions } from './open-book.ts'
import type { RecoveryParts } from './recovery.ts'
import type { ReportChange } from './recovery-report.ts'
import { createPausing } from './pausing.ts'
import { openServerBook, type ServerBook } from './server-book.ts'

const firstRetryMs = 1_000
const longestRetryMs = 30_000

/** The work of a recovery. */
export interface RecoveryRun {
  /** Reloads the server's book and hands it what it lacks. */
  recover(word: FinalWord): Promise<void>
  /** Takes up the document that another tab stored, with what this author typed here since. */
  followOtherTab(): Promise<void>
  declare(): Promise<void>
  bringIn(id: string): Promise<Result<{ brought: number }>>
  mergeCopy(copy: Uint8Array): Promise<Result<MergedCopy>>
  /** Ends what waits for the server. */
  close(): Promise<void>
}

/** Makes what {@link createRecovery} starts; `told` is the report that it keeps. */
export function createRecoveryRun(
  parts: RecoveryParts,
  told: {
    report: () => RecoveryReport | null
    tell: (change: Partial<RecoveryReport>) => Promise<void>
    /** Stores it, for an opening after a kill; `show` says it to whoever looks at the book. */
    note: (change: ReportChange) => Promise<RecoveryReport>
    show: (noted: RecoveryReport) => Promise<void>
    isClosed: () => boolean
  },
): RecoveryRun {
  const { options, now } = parts
  const { tell } = told
  let server: ServerBook | undefined
  const pausing = createPausing()

  async function recover(word: FinalWord): Promise<void> {
    try {
      await reloadAndSend(word)
    } finally {
      await server?.close()
      server = undefined
    }
  }

  async function reloadAndSend(word: FinalWord): Promise<void> {
    const before = parts.replica()
    const suspects = suspectsOf(before.doc, word)
    const refused = new Map<string, FinalWord>()
    // What an earlier one did is told with this one's until somebody has read it.
    const earlier = told.report()
    await tell({ phase: 'running', at: now(), reason: word.reason })
    await keepReplica(parts, word)
    let sentAgain = 0
    // Feeds report again by themselves: what a server may refuse is not worth refusing twice.
    let tellsActivity = word.refused.length === 0
    while (!told.isClosed()) {
      server = openServerBook({ book: options.id, sync: options.sync as NonNullable<OpenBookOptions['sync']> })
      const end = await server.loaded
      if (told.isClosed()) return
      if (end) return tell({ phase: 'waiting', reason: end.reason })
      const own = await ownLacking(before.doc, server.doc)
      const sent = await handOver({ own, server, suspects, refused, word })
      sentAgain += sent.count
      if (sent.final) {
        await server.close()
        if (!isAboutContent(sent.final)) return tell({ phase: 'waiting', reason: sent.final.reason })
        continue
      }
      const reports = tellsActivity ? laterActivity(before.doc, server.doc) : []
      tellsActivity = false
      if (reports.length > 0) {
        const final = await server.deliver((doc) => doc.getArray('activity').push([...reports]))
        if (final) {
          await server.close()
          continue
        }
      }
      const took = server
      let finished: RecoveryReport | undefined
      await parts.exchange(async () => {
        // What was typed while this ran, here or in another tab; handing that over takes time in which more can be typed there.
        let late = 0
        let taken: readonly string[] = []
        for (let isMore = true; isMore;) {
          taken = await takeOtherTabsJournal(before.doc)
          const own = await ownLacking(before.doc, took.doc)
          const sentNow = await handOver({ own, server: took, suspects, refused, word })
          if (sentNow.final) throw new Error(sentNow.final.reason)
          late += sentNow.count
          isMore = sentNow.count > 0
        }
        const { setAside, ofOthers } = await leftOver(before.doc, took.doc, refused)
        if (setAside.length > 0) await parts.storage().aside.add(setAside)
        await took.close()
        await noteUndeclared(
          parts.storage().marks,
          [...refused].filter(([, why]) => codeOf(why) !== 'read-only').map(([text]) => text),
        )
        const counts = {
          sentAgain: (earlier?.sentAgain ?? 0) + sentAgain + late,
          refused: (earlier?.refused ?? 0) + refused.size,
          ofOthers: (earlier?.ofOthers ?? 0) + ofOthers,
        }
        await told.note({ next: { from: parts.storage().documentName(), ...counts } })
        await putInPlace(parts.storage(), { doc: took.doc, taken })
        finished = await told.note({ phase: 'done', at: now(), ...counts })
        return took.doc
      })
      // Not before the book answers from the other document.
      if (finished) await told.show(finished)
      await declare()
      return
    }
  }

  /** Declares what was refused, by this recovery or one that was killed before it came to that. */
  async function declare(): Promise<void> {
    const replica = parts.replica()
    const texts = await takeUndeclared(parts.storage().marks, replica.doc)
    // Not waited for: a book can be closed while it waits for its turn.
    if (texts.length > 0) void replica.withdraw(texts).catch(() => undefined)
  }

  /**
   * What other tabs saved and this one has not heard of: a tab that is closed or frozen meanwhile would bring it back to nobody. Gives the records that
   * `doc` has by now.
   */
  async function takeOtherTabsJournal(doc: Y.Doc): Promise<readonly string[]> {
    const taken: string[] = []
    for (const { id, update } of await parts.storage().journal.list()) {
      try {
        Y.decodeUpdate(update)
        Y.applyUpdate(doc, update, { source: 'storage', name: 'journal' })
        taken.push(id)
      } catch {
        // A record that cannot be read stays, and is set aside as soon as the other document is in place.
      }
    }
    return taken
  }

  async function ownLacking(from: Y.Doc, to: Y.Doc): Promise<readonly LackingAction[]> {
    return (await lackingIn(from, to)).filter(({ by }) => by === options.author.id)
  }

  async function lackingIn(from: Y.Doc, to: Y.Doc): Promise<readonly LackingAction[]> {
    return findLacking(from, to, await parts.storage().journal.list())
  }

  /** What is in neither book and was not set aside before, by another tab or an earlier recovery. */
  async function leftOver(from: Y.Doc, to: Y.Doc, refused: ReadonlyMap<string, FinalWord>) {
    const before = new Set((await parts.storage().aside.list()).flatMap(({ texts }) => texts ?? []))
    const left = await lackingIn(from, to)
    const setAside: SetAside[] = []
    for (const action of left) {
      const word = refused.get(action.text)
      if (word && !before.has(action.text))
        setAside.push(actionsAside([action], { at: now(), reason: word.reason, code: codeOf(word) }))
    }
    const others = left.filter(({ text }) => !refused.has(text) && !before.has(text))
    const reason = 'made by others, held by this device only'
    if (others.length > 0) setAside.push(actionsAside(others, { at: now(), reason, code: null }))
    return { setAside, ofOthers: others.length }
  }

  /** Until it works: where the storage does not open now, this tab goes on with the document and the storage that it has. */
  async function followOtherTab(): Promise<void> {
    for (let failures = 0; !told.isClosed(); failures++) {
      try {
        return await parts.exchange(takeUpStored)
      } catch {
        await pausing.pause(Math.min(longestRetryMs, firstRetryMs * 2 ** failures))
      }
    }
  }

  async function takeUpStored(): Promise<Y.Doc> {
    const before = parts.replica()
    const stored = new Y.Doc({ gc: true })
    const next = await parts.openStorage(stored)
    try {
      const aside = new Set((await next.aside.list()).flatMap(({ texts }) => texts ?? []))
      // Without a server nobody else brings what others made: the other tab began anew after the storage was deleted.
      const lacking = await (options.sync ? ownLacking : lackingIn)(before.doc, stored)
      const left = lacking.filter(({ text }) => !aside.has(text))
      // The other tab emptied the journal that both share.
      if (left.length > 0)
        await next.journal.append([...writeJournaled(stored, left, { source: 'recovery', name: 'other tab' })])
    } catch (cause) {
      await next.close()
      throw cause
    }
    const last = parts.storage()
    parts.takeStorage(next)
    await last.close()
    return stored
  }

  return {
    recover,
    followOtherTab,
    declare,
    bringIn: (id) => bringIn(parts, id),
    mergeCopy: (copy) => mergeCopy(parts, (actions) => bring(parts, actions), copy),
    async close() {
      pausing.end()
      await server?.close()
    },
  }
}
