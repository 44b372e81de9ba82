// What a recovery does (SY3, SY5): the replica is kept whole, the server's book loaded afresh, and
// what this author made and the server lacks is handed to it again.
import * as Y from 'yjs'
import type { MergedCopy, RecoveryReport } from '../book.ts'
import { visitAll } from '../log/log-items.ts'
import { parseAction } from '../schema/action.ts'
import { fail, type Result, succeed } from '../result.ts'
import { createId } from '../schema/ids.ts'
import type { SetAside, StorageHandle } from '../storage/storage.ts'
import type { FinalWord } from '../sync/sync.ts'
import { noteUndeclared, takeUndeclared } from './declarations.ts'
import { markNames } from './durability.ts'
import { findLacking, type LackingAction, writeAgain } from './lacking-actions.ts'
import type { OpenBookOptions } from './open-book.ts'
import { mergeCopy } from './merge-copy.ts'
import { openServerBook, type ServerBook } from './server-book.ts'
import { isAboutContent } from './final-words.ts'
import type { RecoveryParts } from './recovery.ts'

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

/** Actions handed over at once; one that is refused takes those beside it along, so they are tried again one by one. */
const atOnce = 200

/** Makes what {@link createRecovery} starts; `told` is the report that it keeps. */
export function createRecoveryRun(
  parts: RecoveryParts,
  told: {
    report: () => RecoveryReport | null
    tell: (change: Partial<RecoveryReport>) => Promise<void>
    isClosed: () => boolean
  },
): RecoveryRun {
  const { options, now } = parts
  const { tell } = told
  let server: ServerBook | undefined

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
    while (!told.isClosed()) {
      server = openServerBook({ book: options.id, sync: options.sync as NonNullable<OpenBookOptions['sync']> })
      const end = await server.loaded
      if (told.isClosed()) return
      if (end) return tell({ phase: 'waiting', reason: end.reason })
      const sent = await handOver({ own: ownLacking(before.doc, server.doc), server, suspects, refused, word })
      sentAgain += sent.count
      if (sent.final) {
        await server.close()
        if (!isAboutContent(sent.final)) return tell({ phase: 'waiting', reason: sent.final.reason })
        continue
      }
      const took = server
      await parts.exchange(async () => {
        // What was typed while this ran, here or in another tab; handing that over takes time in which more can be typed there.
        let late = 0
        let taken: readonly string[] = []
        for (let isMore = true; isMore;) {
          taken = await takeOtherTabsJournal(before.doc)
          const own = ownLacking(before.doc, took.doc)
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
        await putInPlace(parts.storage(), { doc: took.doc, taken })
        await tell({
          phase: 'done',
          at: now(),
          sentAgain: (earlier?.sentAgain ?? 0) + sentAgain + late,
          refused: (earlier?.refused ?? 0) + refused.size,
          ofOthers: (earlier?.ofOthers ?? 0) + ofOthers,
        })
        return took.doc
      })
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

  function ownLacking(from: Y.Doc, to: Y.Doc): readonly LackingAction[] {
    return findLacking(from, to).filter(({ by }) => by === options.author.id)
  }

  /** What is in neither book and was not set aside before, by another tab or an earlier recovery. */
  async function leftOver(from: Y.Doc, to: Y.Doc, refused: ReadonlyMap<string, FinalWord>) {
    const before = new Set((await parts.storage().aside.list()).flatMap(({ texts }) => texts ?? []))
    const left = findLacking(from, to).map(({ text }) => text)
    const setAside: SetAside[] = []
    for (const text of left) {
      const word = refused.get(text)
      if (word && !before.has(text)) setAside.push(actionsItem([text], word.reason, codeOf(word)))
    }
    const others = left.filter((text) => !refused.has(text) && !before.has(text))
    if (others.length > 0) setAside.push(actionsItem(others, 'made by others, held by this device only', null))
    return { setAside, ofOthers: others.length }
  }

  function actionsItem(texts: string[], reason: string, code: string | null): SetAside {
    return { id: createId(), kind: 'actions', at: now(), reason, code, texts }
  }

  /** The other tab emptied the journal that both share. */
  async function writeAndJournal(doc: Y.Doc, own: readonly LackingAction[]): Promise<void> {
    const before = Y.encodeStateVector(doc)
    doc.transact(() => writeAgain(doc, own), { source: 'recovery', name: 'other tab' })
    await parts.storage().journal.append([{ id: `again:${createId()}`, update: Y.encodeStateAsUpdate(doc, before) }])
  }

  async function followOtherTab(): Promise<void> {
    await parts.exchange(async () => {
      const before = parts.replica()
      const stored = await parts.reopenStorage()
      const aside = new Set((await parts.storage().aside.list()).flatMap(({ texts }) => texts ?? []))
      const own = ownLacking(before.doc, stored).filter(({ text }) => !aside.has(text))
      if (own.length > 0) await writeAndJournal(stored, own)
      return stored
    })
  }

  async function bringIn(id: string): Promise<Result<{ brought: number }>> {
    const item = (await parts.storage().aside.list()).find((each) => each.id === id && each.kind === 'actions')
    if (!item)
      return fail(
        'unknown-set-aside',
        `setAside: expected the id of actions that were set aside, got ${JSON.stringify(id)}`,
      )
    const brought = await bring((item.texts ?? []).flatMap((text) => toLacking(text)))
    if (!brought.ok) return brought
    await parts.storage().aside.remove([id])
    await parts.onChange()
    return brought
  }

  async function bring(actions: readonly LackingAction[]): Promise<Result<{ brought: number }>> {
    const replica = parts.replica()
    if (replica.status.readOnly) return fail('read-only', 'you may view this book, not change it')
    if (options.sync) {
      const answer = await offer(actions)
      if (!answer.ok) return answer
    } else replica.doc.transact(() => writeByAuthor(replica.doc, actions), { source: 'command', name: 'bringIn' })
    return succeed({ brought: actions.length })
  }

  /** On a connection of its own: where the server does not take them, this book has nothing that it would refuse. */
  async function offer(actions: readonly LackingAction[]): Promise<Result<null>> {
    if (parts.replica().status.sync !== 'online') return fail('offline', 'the server cannot be reached now')
    const beside = openServerBook({ book: options.id, sync: options.sync as NonNullable<OpenBookOptions['sync']> })
    try {
      const final = (await beside.loaded) ?? (await beside.deliver((doc) => writeByAuthor(doc, actions)))
      return final ? fail('not-admitted', `the server does not take them: ${final.reason}`) : succeed(null)
    } finally {
      await beside.close()
    }
  }

  return {
    recover,
    followOtherTab,
    declare,
    bringIn,
    mergeCopy: (copy) => mergeCopy(parts, bring, copy),
    close: async () => server?.close(),
  }
}

/**
 * Hands actions to the server: those it had no word about some hundred at once, those of a refused update one by one, so that what it does not take is
 * known exactly. Stops at the first refusal.
 */
async function handOver(parts: {
  own: readonly LackingAction[]
  server: ServerBook
  suspects: Set<string>
  refused: Map<string, FinalWord>
  word: FinalWord
}): Promise<{ count: number; final: FinalWord | null }> {
  const { own, server, suspects, refused, word } = parts
  // A viewer's changes are not taken one by one either.
  if (codeOf(word) === 'read-only') for (const { text } of own) refused.set(text, word)
  const wanted = own.filter(({ text }) => !refused.has(text))
  let count = 0
  for (let at = 0; at < wanted.length;) {
    const isAlone = suspects.has(wanted[at]?.text ?? '')
    const rest = wanted.slice(at, at + (isAlone ? 1 : atOnce))
    const end = rest.findIndex(({ text }) => suspects.has(text))
    const part = isAlone || end < 0 ? rest : rest.slice(0, end)
    const final = await server.deliver((doc) => writeAgain(doc, part))
    if (final) {
      const [only, ...others] = part
      if (others.length > 0) for (const { text } of part) suspects.add(text)
      else if (only && isAboutContent(final)) refused.set(only.text, final)
      return { count, final }
    }
    count += part.length
    at += part.length
  }
  return { count, final: null }
}

/** The texts of the clocks that were refused; of everything that was not acknowledged, the server says no more. */
function suspectsOf(doc: Y.Doc, { refused }: FinalWord): Set<string> {
  const texts = new Set<string>()
  visitAll(doc.getArray('log'), (value, client, clock) => {
    const isRefused = refused.some((range) => range.client === client && range.from <= clock && clock < range.to)
    if (isRefused && typeof value === 'string') texts.add(value)
  })
  return texts
}

function codeOf(word: FinalWord | undefined): string | null {
  return word?.refused[0]?.code ?? word?.reason.split(':')[0] ?? null
}

/** The whole document as a file; one that an earlier try left and this one contains is let go. */
async function keepReplica(parts: RecoveryParts, word: FinalWord): Promise<void> {
  const { aside } = parts.storage()
  const { doc } = parts.replica()
  const clocks = Y.decodeStateVector(Y.encodeStateVector(doc))
  const contained = (await aside.list()).filter(
    ({ kind, bytes }) =>
      kind === 'replica' &&
      bytes &&
      [...Y.parseUpdateMeta(bytes).to].every(([client, clock]) => clock <= (clocks.get(client) ?? 0)),
  )
  const bytes = Y.encodeStateAsUpdate(doc)
  await aside.add([
    { id: createId(), kind: 'replica', at: parts.now(), reason: word.reason, code: codeOf(word), bytes },
  ])
  await aside.remove(contained.map(({ id }) => id))
  await parts.onChange()
}

/** Everything in `doc` is on the server's disk: that is where it came from, or who acknowledged it. */
async function putInPlace(
  storage: StorageHandle,
  { doc, taken }: { doc: Y.Doc; taken: readonly string[] },
): Promise<void> {
  await storage.marks.delete(markNames.projection)
  await storage.marks.delete(markNames.head)
  await storage.replace(doc, taken)
  await storage.marks.set(markNames.durable, [...Y.decodeStateVector(Y.encodeStateVector(doc))])
}

/** AD7: each Yjs client id is bound to one author, so actions of several go under several. */
function writeByAuthor(doc: Y.Doc, actions: readonly LackingAction[]): void {
  const ours = doc.clientID
  for (const by of new Set(actions.map((action) => action.by))) {
    doc.clientID = new Y.Doc().clientID
    writeAgain(
      doc,
      actions.filter((action) => action.by === by),
    )
  }
  doc.clientID = ours
}

function toLacking(text: string): readonly LackingAction[] {
  const parsed = parseAction(text)
  return parsed.ok ? [{ id: parsed.action.id, by: parsed.action.by, text, describe: [] }] : []
}
