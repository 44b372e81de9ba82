// Storage that forgets with the process: for tests and for trying things out.
import { chainStart, hashRow, hashUpdate } from './chain.ts'
import { createMemoryAccess, newMember } from './memory-access.ts'
import { packSnapshot } from './packed-snapshot.ts'
import {
  type BookRecord,
  ConflictError,
  type NewUpdate,
  type ServerStorage,
  type Snapshot,
  type StoredSnapshot,
  type StoredUpdate,
} from './storage.ts'

interface MemoryBook {
  record: BookRecord
  updates: (StoredUpdate & NewUpdate)[]
  bindings: Map<number, string>
  members: Map<string, ReturnType<typeof newMember>>
  snapshot: Snapshot | null
  start: { trimmedTo: number; snapshot: Snapshot } | null
}

export function createMemoryStorage(): ServerStorage {
  const books = new Map<string, MemoryBook>()

  return {
    async *books() {
      for (const [, { record }] of [...books].sort(([a], [b]) => (a < b ? -1 : 1))) yield record
    },
    async someBooks(atMost) {
      return [...books.keys()].slice(0, atMost)
    },
    async book(book) {
      return books.get(book)?.record
    },
    async registerBook({ book, actor, now }) {
      let found = books.get(book)
      if (!found) {
        const record = {
          book,
          createdAt: now,
          createdBy: actor,
          generation: now,
          seq: 0,
          head: chainStart,
          largestN: 0,
          firstWriter: null,
          isShared: false,
        }
        found = { record, updates: [], bindings: new Map(), members: new Map(), snapshot: null, start: null }
        books.set(book, found)
      }
      return found.record
    },
    async claimActor({ book, actor, now }) {
      const found = books.get(book)
      if (!found) return false
      const { members, bindings, record } = found
      if (members.has(actor) || record.firstWriter === actor || [...bindings.values()].includes(actor)) return false
      members.set(actor, newMember(now))
      return true
    },
    async load(book, { raw } = { raw: false }) {
      const found = books.get(book)
      if (!found) return undefined
      const snapshot = raw ? (found.start?.snapshot ?? null) : found.snapshot
      const { record } = found
      return {
        record,
        snapshot: snapshot && readable(snapshot),
        readTail: async () => found.updates.slice(snapshot?.seq ?? 0, record.seq).map(({ bytes }) => bytes),
        bindings: new Map(found.bindings),
      }
    },
    durability: 'stored',
    async commit(writes) {
      // Checked before anything changes, so that a rejected commit leaves nothing behind.
      const movedOn = writes.filter(({ book, expectedSeq, bindings }) => {
        const found = books.get(book)
        return found?.record.seq !== expectedSeq || [...bindings.keys()].some((client) => found.bindings.has(client))
      })
      if (movedOn.length > 0) throw new ConflictError(movedOn.map(({ book }) => book))
      return writes.map((write) => {
        const found = books.get(write.book) as MemoryBook
        let { seq, head, firstWriter, isShared } = found.record
        for (const update of write.updates) {
          const updateHash = update.updateHash ?? hashUpdate(update.bytes)
          seq++
          found.updates.push({ ...update, seq, previousHash: head, updateHash })
          head = hashRow({ previousHash: head, updateHash, book: write.book, seq, update })
          firstWriter ??= update.actor
          isShared ||= firstWriter !== update.actor
        }
        for (const [client, actor] of write.bindings) found.bindings.set(client, actor)
        const largestN = Math.max(found.record.largestN, write.largestN)
        found.record = { ...found.record, seq, head, firstWriter, isShared, largestN }
        return head
      })
    },
    async headAt(book, seq) {
      const found = books.get(book)
      return seq === found?.record.seq ? found.record.head : found?.updates[seq]?.previousHash
    },
    async *chain(book, { after }) {
      yield* (books.get(book)?.updates ?? []).slice(after)
    },
    async *updates(book, { from, to } = {}) {
      for (const update of (books.get(book)?.updates ?? []).slice((from ?? 1) - 1, to))
        yield { ...update, bytes: update.bytes.slice() }
    },
    async positions(asked) {
      return new Map(asked.flatMap((book) => (books.has(book) ? [[book, books.get(book)?.record.seq ?? 0]] : [])))
    },
    async bindingsOf(book, clients) {
      const bindings = books.get(book)?.bindings
      return new Map(clients.flatMap((client) => (bindings?.has(client) ? [[client, bindings.get(client) ?? '']] : [])))
    },
    async *receipts(book, { after }) {
      for (const { seq, receivedAt, actions } of (books.get(book)?.updates ?? []).slice(after)) {
        if (actions.length > 0) yield { seq, receivedAt, actions }
      }
    },
    async saveSnapshot({ book, seq, bytes, outline }) {
      const found = books.get(book)
      if (found && (found.snapshot?.seq ?? -1) < seq) found.snapshot = { seq, bytes, outline }
    },
    async logStart(book) {
      const start = books.get(book)?.start
      return start ? { trimmedTo: start.trimmedTo, snapshot: readable(start.snapshot) } : null
    },
    async trim({ book, seq, trimmedTo }) {
      const found = books.get(book)
      if (found?.snapshot?.seq !== seq || (found.start?.trimmedTo ?? 0) >= trimmedTo) return false
      found.start = { trimmedTo, snapshot: found.snapshot }
      found.updates = found.updates.map((update) =>
        update.seq <= trimmedTo ? { ...update, bytes: new Uint8Array() } : update,
      )
      return true
    },
    access: createMemoryAccess((book) => books.get(book)?.members),
    async check() {},
    async close() {},
  }
}

function readable(snapshot: Snapshot): StoredSnapshot {
  const { bytes, ...note } = snapshot
  return {
    ...note,
    read: async () => [bytes.slice()],
    async readPacked() {
      const { parts } = await packSnapshot(bytes)
      return { parts, length: bytes.length }
    },
  }
}
