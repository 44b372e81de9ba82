// What happens after a server's refusal, or a server that lost history (SY3, SY5): the replica is kept whole, the server's book loaded afresh, and
// what this author made and the server lacks is handed to it again.
import * as Y from 'yjs'
import * as z from 'zod/mini'
import type { RecoveryReport } from '../book.ts'
import { visitAll } from '../log/log-items.ts'
import { parseAction } from '../schema/action.ts'
import { closeCode } from '../protocol/wire.ts'
import { fail, type Result, succeed } from '../result.ts'
import { createId } from '../schema/ids.ts'
import type { SetAside, StorageHandle } from '../storage/storage.ts'
import type { FinalWord } from '../sync/sync.ts'
import { markNames } from './durability.ts'
import { findLacking, type LackingAction, writeAgain } from './lacking-actions.ts'
import type { OpenBookOptions } from './open-book.ts'
import type { Replica } from './open-replica.ts'
import { openServerBook, type ServerBook } from './server-book.ts'
import { aloneAmongTabs } from './alone-among-tabs.ts'

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
  readonly reopenStorage: () => Promise<Y.Doc>
  /** The report changed, or something was set aside. */
  readonly onChange: () => Promise<void>
}

const StoredReport = z.object({
  phase: z.enum(['running', 'waiting', 'done']),
  at: z.number(),
  reason: z.string(),
  sentAgain: z.number(),
  refused: z.number(),
  ofOthers: z.number(),
})

/** Actions handed over at once; one that is refused takes those beside it along, so they are tried again one by one. */
const atOnce = 200

/** Makes the recovery of one open book. */
export function createRecovery(parts: RecoveryParts): Recovery {
  const { options, now } = parts
  let report: RecoveryReport | null = null
  let running: Promise<void> | undefined
  let server: ServerBook | undefined
  let isClosed = false
  let markOpen = () => {}
  const whenOpen = new Promise<void>((resolve) => (markOpen = resolve))

  async function tell(change: Partial<RecoveryReport>): Promise<void> {
    report = { phase: 'running', at: now(), reason: '', sentAgain: 0, refused: 0, ofOthers: 0, ...report, ...change }
    await parts.storage().marks.set(markNames.recovery, report)
    await parts.onChange()
  }

  async function recover(word: FinalWord): Promise<void> {
    const before = parts.replica()
    const suspects = suspectsOf(before.doc, word)
    const refused = new Map<string, FinalWord>()
    // What an earlier one did is told with this one's until somebody has read it.
    const told = report
    await tell({ phase: 'running', at: now(), reason: word.reason })
    await keepReplica(parts, word)
    let sentAgain = 0
    while (!isClosed) {
      server = openServerBook({ book: options.id, sync: options.sync as NonNullable<OpenBookOptions['sync']> })
      const end = await server.loaded
      if (isClosed) return
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
        // What was typed while this ran.
        const late = await handOver({ own: ownLacking(before.doc, took.doc), server: took, suspects, refused, word })
        if (late.final) throw new Error(late.final.reason)
        const { setAside, ofOthers } = await leftOver(before.doc, took.doc, refused)
        if (setAside.length > 0) await parts.storage().aside.add(setAside)
        await took.close()
        await putInPlace(parts.storage(), took.doc)
        await tell({
          phase: 'done',
          at: now(),
          sentAgain: (told?.sentAgain ?? 0) + sentAgain + late.count,
          refused: (told?.refused ?? 0) + refused.size,
          ofOthers: (told?.ofOthers ?? 0) + ofOthers,
        })
        return took.doc
      })
      return
    }
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

  async function run(work: () => Promise<void>): Promise<void> {
    const mine = (running ?? whenOpen).then(async () => {
      if (isClosed) return
      try {
        await work()
      } catch (cause) {
        // The replica stays as it was, and the next opening tries again.
        await tell({ phase: 'waiting', reason: cause instanceof Error ? cause.message : String(cause) }).catch(
          () => undefined,
        )
      } finally {
        await server?.close()
        server = undefined
      }
    })
    running = mine
    await mine
  }

  async function bringIn(id: string): Promise<Result<{ brought: number }>> {
    const item = (await parts.storage().aside.list()).find((each) => each.id === id && each.kind === 'actions')
    if (!item)
      return fail(
        'unknown-set-aside',
        `setAside: expected the id of actions that were set aside, got ${JSON.stringify(id)}`,
      )
    const replica = parts.replica()
    if (replica.status.readOnly) return fail('read-only', 'you may view this book, not change it')
    const actions = (item.texts ?? []).flatMap((text) => toLacking(text))
    if (options.sync) {
      const answer = await offer(actions)
      if (!answer.ok) return answer
    } else replica.doc.transact(() => writeByAuthor(replica.doc, actions), { source: 'command', name: 'bringIn' })
    await parts.storage().aside.remove([id])
    await parts.onChange()
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
    get report() {
      return report
    },
    async start() {
      const stored = StoredReport.safeParse(await parts.storage().marks.get(markNames.recovery))
      // One that was cut short begins again by itself: the server refuses again.
      report = stored.success && stored.data.phase === 'done' ? stored.data : null
      if (report) await parts.onChange()
      markOpen()
    },
    noteFinal(word) {
      // A wrong signature is nothing to recover from: the server is not what it says it is.
      if (word.reason.startsWith('bad-signature')) return
      if (!options.sync || !(isAboutContent(word) || word.closeCode === closeCode.otherGeneration)) return
      void run(async () => {
        const refused = parts.replica()
        await aloneAmongTabs(`tierbook-recovery:${options.id}`, async () => {
          // Another tab may have done it while this one waited.
          if (parts.replica() === refused) await recover(word)
        })
      })
    },
    followOtherTab() {
      void run(() =>
        parts.exchange(async () => {
          const before = parts.replica()
          const stored = await parts.reopenStorage()
          const aside = new Set((await parts.storage().aside.list()).flatMap(({ texts }) => texts ?? []))
          const own = ownLacking(before.doc, stored).filter(({ text }) => !aside.has(text))
          if (own.length > 0) await writeAndJournal(stored, own)
          return stored
        }),
      )
    },
    bringIn,
    async dismiss() {
      report = null
      await parts.storage().marks.delete(markNames.recovery)
      await parts.onChange()
    },
    async close() {
      isClosed = true
      await server?.close()
      await running
    },
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

/** Refusals of what was sent; others are about who sends, or about the book. */
function isAboutContent({ closeCode: code, refused }: FinalWord): boolean {
  if (code === closeCode.notAllowed) return refused.length > 0
  return code === closeCode.refused || code === closeCode.tooLarge || code === closeCode.malformed
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
async function putInPlace(storage: StorageHandle, doc: Y.Doc): Promise<void> {
  await storage.marks.delete(markNames.projection)
  await storage.marks.delete(markNames.head)
  await storage.replace(doc)
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
