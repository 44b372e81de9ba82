// Keeps account of what is on the server's disk: per Yjs client id the first clock that is not, and how many actions that leaves unsent (SY2).
import * as Y from 'yjs'
import * as z from 'zod/mini'
import { type Clocks, isCovered, type VisitElement } from '../log/log-items.ts'
import type { JournalRecord, StorageHandle } from '../storage/storage.ts'

/** What the server has, and what it lacks. */
export interface Durability {
  /** Log elements the server is not known to have. */
  readonly unsent: number
  /** Whether the server has every struct of `doc`. */
  coversAll(doc: Y.Doc): boolean
  /** Takes a new log element into account. */
  readonly noteElement: VisitElement
  /** Takes clocks that the server has on disk; they only grow. */
  noteDurable(clocks: Clocks): void
  /** Remembers a journal record until its clocks are durable. */
  noteJournal(record: JournalRecord): void
  /** Journal records that are durable by now, once each. */
  takeSettled(): readonly string[]
  /** The first clock of a Yjs client id that is not known to be durable. */
  clockOf(client: number): number
  toStored(): readonly (readonly [number, number])[]
}

const StoredClocks = z.array(z.tuple([z.int(), z.int()]))

/** Reads stored clocks; anything else counts as nothing known. */
export function readClocks(stored: unknown): Map<number, number> {
  const parsed = StoredClocks.safeParse(stored)
  return new Map(parsed.success ? parsed.data : [])
}

/** Starts from what an earlier opening knew to be durable. */
export function createDurability(known: ReadonlyMap<number, number>): Durability {
  const durable = new Map(known)
  const waiting = new Map<number, Set<number>>()
  const journal = new Map<string, Clocks>()
  let unsent = 0
  return {
    get unsent() {
      return unsent
    },
    coversAll(doc) {
      for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(doc))) {
        if (clock > (durable.get(client) ?? 0)) return false
      }
      return true
    },
    noteElement(_value, client, clock) {
      if (isCovered(durable, client, clock)) return
      const clocks = waiting.get(client) ?? new Set()
      if (clocks.has(clock)) return
      waiting.set(client, clocks.add(clock))
      unsent += 1
    },
    noteDurable(clocks) {
      for (const [client, clock] of clocks) {
        if (clock <= (durable.get(client) ?? 0)) continue
        durable.set(client, clock)
        for (const waits of waiting.get(client) ?? []) {
          if (waits >= clock) continue
          waiting.get(client)?.delete(waits)
          unsent -= 1
        }
      }
    },
    noteJournal(record) {
      journal.set(record.id, Y.parseUpdateMeta(record.update).to)
    },
    takeSettled() {
      const settled: string[] = []
      for (const [id, to] of journal) {
        if ([...to].every(([client, clock]) => clock <= (durable.get(client) ?? 0))) settled.push(id)
      }
      for (const id of settled) journal.delete(id)
      return settled
    },
    clockOf: (client) => durable.get(client) ?? 0,
    toStored: () => [...durable],
  }
}

/** Names of the small values a store keeps beside the document. */
export const markNames = {
  durable: 'durable-clocks',
  projection: 'projection',
  overview: 'overview',
  overviewMark: 'overview-mark',
  receipts: 'receipts',
  device: 'device',
  key: 'device-key',
  deviceAgain: 'device-again',
  deviceBefore: 'device-before',
  imports: 'import-plan',
  head: 'server-head',
  recovery: 'recovery-report',
  undeclared: 'undeclared-refusals',
} as const

/** Marks of `marks` that hold clocks. */
export async function loadClocks(storage: StorageHandle, mark: string): Promise<Map<number, number>> {
  return readClocks(await storage.marks.get(mark))
}
