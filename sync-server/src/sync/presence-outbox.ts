// What this server tells others about who is here with it: the latest state of each, a few short texts at a time.
import type { Exchange } from '../storage/exchange.ts'
import type { ActorState } from './presence.ts'
import { type PresenceItem, writeGoodbye, writePresenceNews } from './presence-news.ts'

/** Presence on its way to other servers. Nothing waits for it, and it may be lost. */
export interface PresenceOutbox {
  /** This server among the others; another one after each start. */
  readonly node: string
  tell(book: string, states: readonly ActorState[]): void
  /** Others are to tell what is shown in those books. */
  ask(books: Iterable<string>): void
  /** Says goodbye, so that nobody waits for this server's people to expire. */
  close(): Promise<void>
}

/**
 * The pace bounds what presence may cost a database that commits for everybody: 20 times a second up to 8 texts, 1.2 MB/s. What is newer
 * replaces what still waits, so it never piles up.
 */
const pauseMs = 50
const textsAtOnce = 8
const goodbyeMs = 1_000

export function createPresenceOutbox({ exchange, node }: { exchange: Exchange; node: string }): PresenceOutbox {
  const waiting = new Map<string, PresenceItem>()
  let running: Promise<void> | null = null
  let isClosed = false
  let wake = () => {}

  const send = async () => {
    // What changes in the same turn goes together.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.size > 0 && !isClosed) {
      for (let sent = 0; sent < textsAtOnce && waiting.size > 0; sent++) {
        const { text, used } = writePresenceNews(node, [...waiting.values()], exchange.maxTextBytes)
        for (const key of [...waiting.keys()].slice(0, used)) waiting.delete(key)
        if (text !== null) await exchange.tellPresence(text)
      }
      if (isClosed) break
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    running = null
  }
  const put = (key: string, item: PresenceItem) => {
    if (isClosed) return
    waiting.delete(key)
    waiting.set(key, item)
    running ??= send()
  }
  return {
    node,
    tell(book, states) {
      for (const state of states) put(`${book} ${state.client}`, { book, state })
    },
    ask(books) {
      for (const book of books) put(book, { book, state: null })
    },
    async close() {
      if (isClosed) return
      isClosed = true
      wake()
      const saidGoodbye = (running ?? Promise.resolve()).then(() => exchange.tellPresence(writeGoodbye(node)))
      // A database that hangs does not keep a server from stopping.
      const given = AbortSignal.timeout(goodbyeMs)
      await Promise.race([saidGoodbye, new Promise((resolve) => given.addEventListener('abort', resolve))])
    },
  }
}
