// Shows in this server's open books who is in them on other servers. It rests on hints alone: without them everybody sees who is on their own server.
import type { Exchange } from '../storage/exchange.ts'
import type { PresenceOutbox } from './presence-outbox.ts'
import { readPresenceNews } from './presence-news.ts'
import type { Rooms } from './rooms.ts'

/** Devices renew what they show every 15 s, and take who did not for 30 s for gone: so does this server. */
const expiryMs = 30_000
const lookMs = 1_000

/** What is heard is never told on, so nothing goes round. Gives how to stop. */
export function followPresence(options: {
  exchange: Exchange
  outbox: PresenceOutbox
  rooms: Rooms
  now: () => number
}): { close(): void } {
  const { exchange, outbox, rooms, now } = options

  const tellOwn = (books: Iterable<string>) => {
    for (const book of books) outbox.tell(book, rooms.find(book)?.ownPresence() ?? [])
  }
  exchange.listen({
    presence(text) {
      const news = readPresenceNews(text)
      if (!news || news.node === outbox.node) return
      const from = { node: news.node, heardAt: now() }
      if (news.stops) dropElsewhere(({ node }) => node === news.node)
      for (const { book, states } of news.books) rooms.find(book)?.hearPresence(from, states)
      tellOwn(news.asks)
    },
    lost() {
      // Whoever came, moved or left meanwhile was not heard; who left expires.
      const open = rooms.open()
      outbox.ask(open)
      tellOwn(open)
    },
  })
  const dropElsewhere = (isOver: (from: { node: string; heardAt: number }) => boolean) => {
    for (const book of rooms.open()) rooms.find(book)?.dropPresence(isOver)
  }
  const timer = setInterval(() => {
    const before = now() - expiryMs
    dropElsewhere(({ heardAt }) => heardAt <= before)
  }, lookMs)
  timer.unref()
  return { close: () => clearInterval(timer) }
}
