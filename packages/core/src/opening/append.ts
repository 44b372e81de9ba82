// Writes one action: described fields and the canonical text, in one transaction (LG1), under this opening's session.
import type * as Y from 'yjs'
import type { Author } from '../book.ts'
import type { ActivityDraft } from '../commands/activity.ts'
import type { Described, Draft } from '../commands/draft.ts'
import { hashText } from '../log/hash-text.ts'
import { noteOwnAction } from '../log/own-action.ts'
import { withSignature } from '../log/signed-text.ts'
import { fail, type Result, succeed } from '../result.ts'
import { type Action, maxActionBytes, maxEntriesPerAction, schemaVersion } from '../schema/action.ts'
import { actionToText } from '../schema/action-text.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { createSessionId } from '../schema/ids.ts'
import type { Again } from './unseen-work.ts'

/** Tags each transaction with what made it; a bare string would say less. */
export interface Origin {
  readonly source: 'command' | 'feed'
  readonly name: string
}

/** What one transaction wrote. */
export interface Written {
  /** The action's id, or a name for a feed's report. */
  readonly id: string
  readonly update: Uint8Array
}

/** An action with its text, not written yet. */
export interface PreparedAction {
  readonly action: Action
  readonly text: string
}

/** Writes into `doc` as one author in one session. */
export interface Appender {
  /** The id of the action that comes `ahead` actions after the next one. */
  idOf(ahead: number): string
  /**
   * Makes the actions of drafts, each of which names the one before it; refuses one that is too large. Nothing is written.
   * `sign` gives the signature of a text, null where there is none.
   */
  prepare(
    drafts: readonly Draft<unknown>[],
    sign: (text: string) => Promise<string> | null,
  ): Promise<Result<readonly PreparedAction[]>>
  /** Writes the action that was prepared of `draft`: in order, each once, with no others prepared in between. */
  insert(name: string, draft: Draft<unknown>, prepared: PreparedAction): Written
  /** Writes a feed's report of activity, which no entry accounts for. */
  report(name: string, draft: ActivityDraft): Written
  /** How often the document changed since the session began. */
  readonly changes: number
}

/**
 * Actions under one Yjs client id before a fresh one is taken: pushes of one id merge into one struct, and appending to one of
 * 100,000 elements costs 850 µs.
 */
const actionsPerClientId = 2_000

/** Who appends, and what an action's envelope is made from. */
export interface AppenderOptions {
  readonly author: Author
  readonly device: string
  readonly now: () => number
  readonly random: (bytes: Uint8Array) => Uint8Array
  readonly largestN: () => number
  /** Whether this device has said in the log who uses it and which key it signs with, and its author is known by name. */
  readonly isIntroduced: () => boolean
  readonly onClientIdChanged: () => void
}

const encoder = new TextEncoder()

/** Makes an appender with a fresh session: 64 random bits, never persisted. */
export function createAppender(
  doc: Y.Doc,
  options: AppenderOptions & { publicKey: string | null; again?: () => Again | null },
): Appender {
  const session = createSessionId(options.random)
  let seq = 0
  /** The session's previous text, which is hashed once another follows. */
  let last: string | null = null
  let underClientId = 0
  let changes = 0

  // Listens for as long as the document lives: to come and go with every edit costs more than the edits of others that pass by.
  let awaited: Origin | undefined
  let update: Uint8Array | undefined
  doc.on('update', (bytes: Uint8Array, origin: unknown) => {
    changes += 1
    if (origin === awaited) update = bytes
  })

  function transact(origin: Origin, id: string, write: (transaction: Y.Transaction) => void): Written {
    awaited = origin
    update = undefined
    doc.transact(write, origin)
    awaited = undefined
    if (!update) throw new Error(`${origin.name} wrote nothing`)
    return { id, update }
  }

  function describe(fields: readonly Described[]): void {
    for (const { root, key, value } of fields) doc.getMap(root).set(key, value)
  }

  function takeFreshClientId(): void {
    if (++underClientId <= actionsPerClientId) return
    underClientId = 1
    const bytes = options.random(new Uint8Array(4))
    doc.clientID = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    options.onClientIdChanged()
  }

  const makeAction = (draft: Draft<unknown>, place: { seq: number; n: number; prev: string | null }): Action => ({
    v: schemaVersion,
    id: `${session}.${place.seq}`,
    n: place.n,
    at: options.now(),
    by: options.author.id,
    device: options.device,
    prev: place.prev,
    // Comes last in a device's first action, so that the entries before it keep their places.
    entries: place.seq > seq || options.isIntroduced() ? draft.entries : [...draft.entries, introduction(options)],
    ...(draft.batch ? { batch: draft.batch.id, of: draft.batch.of } : {}),
  })

  return {
    idOf: (ahead) => `${session}.${seq + ahead}`,
    async prepare(drafts, sign) {
      const prepared: PreparedAction[] = []
      const n = options.largestN() + 1
      let before = last
      for (const [ahead, draft] of drafts.entries()) {
        const place = {
          seq: seq + ahead,
          n: n + ahead,
          prev: before === null ? null : hashText(before),
        }
        const action = makeAction(draft, place)
        const bare = actionToText(action)
        const tooLarge = sizeProblem(bare, action.entries.length)
        if (tooLarge) return tooLarge
        const sig = await sign(bare)
        const signed =
          sig === null ? { action, text: bare } : { action: { ...action, sig }, text: withSignature(bare, sig) }
        prepared.push(signed)
        before = signed.text
      }
      return succeed(prepared)
    },
    insert(name, draft, { action, text }) {
      takeFreshClientId()
      const log = doc.getArray<string>('log')
      const written = transact({ source: 'command', name }, action.id, (transaction) => {
        describe(draft.describe)
        log.insert(log.length, [text])
        noteOwnAction(transaction, { text, action })
      })
      seq += 1
      last = text
      return written
    },
    report: (name, { texts, replaces }) =>
      transact({ source: 'feed', name }, `feed:${session}.${createSessionId(options.random)}`, () => {
        const activity = doc.getArray<string>('activity')
        if (replaces > 0) activity.delete(0, replaces)
        activity.insert(activity.length, [...texts])
      }),
    get changes() {
      return changes
    },
  }
}

/** What a signature adds to a text. */
const signatureBytes = ',"sig":""'.length + 86

function sizeProblem(text: string, entries: number) {
  // A UTF-16 code unit takes one to three bytes, so most texts need no count.
  const mayBeLarge = text.length * 3 + signatureBytes > maxActionBytes
  const bytes = mayBeLarge ? encoder.encode(text).length : 0
  if (bytes + signatureBytes <= maxActionBytes && entries <= maxEntriesPerAction) return null
  return fail(
    'too-large',
    `expected an action of at most ${maxActionBytes} bytes and ${maxEntriesPerAction} entries, got ${bytes || encoder.encode(text).length} and ${entries}`,
  )
}

function introduction(options: Parameters<typeof createAppender>[1]): AnyEntry {
  const { author, device, publicKey } = options
  const again = options.again?.()
  return {
    kind: 'device.added',
    subject: device,
    actorName: author.name,
    ...(publicKey ? { publicKey } : {}),
    ...again,
  }
}
