// What the log says about money: prices, usage and sealed runs, without what was taken back. Read when first asked for, then kept in step
// by reading only the actions that are new: most of any log is about something else, and its kinds say so without being parsed. A page reads
// ahead in slices, since years of usage and seals take longer than a frame.
import { compareActions, readAction, type LoggedAction } from '../log/logged-action.ts'
import { nextTask } from '../next-task.ts'
import type { ExportFields, PriceFields, UpliftFields, UsageFields } from '../schema/billing-entries.ts'
import type { BookProjection } from './book-projection.ts'
import { toSeals, type SealFacts } from './seal-facts.ts'

/** Something with the id of the entry that says it. */
export type Said<T> = T & { readonly entry: string }

/** An export of a period's invoices: who made it, and when by their device's clock. */
export interface ExportFacts extends ExportFields {
  readonly by: string
  readonly at: number
  readonly entry: string
}

/** All of it in log order. */
export interface BillingFacts {
  readonly prices: readonly Said<PriceFields>[]
  readonly uplifts: readonly Said<UpliftFields>[]
  readonly usage: readonly Said<UsageFields & { readonly client: string }>[]
  readonly seals: readonly SealFacts[]
  readonly exports: readonly ExportFacts[]
}

interface Entry {
  readonly id: string
  readonly logged: LoggedAction
  readonly index: number
  readonly value: Record<string, unknown>
  /** What it says: two answers have the same object where they say the same. */
  readonly said: object
}

/** The reading of one projection. */
export interface BillingReading {
  /** What the log says by now. A list that nothing came to stays the same array. */
  readonly facts: () => BillingFacts
  /** Reads what is new, some milliseconds at a time; afterwards `facts` has little left to do. */
  readonly prepare: () => Promise<void>
}

const sliceMs = 8 // half a frame

const listOfKind = new Map<string, keyof Entries>([
  ['price.set', 'prices'],
  ['usage.recorded', 'usage'],
  ['run.sealed', 'seals'],
  ['run.exported', 'exports'],
])
const takesBack = 'entry.retracted'
const kindsRead: ReadonlySet<string> = new Set([...listOfKind.keys(), takesBack])

/** Makes the reading of one projection. */
export function createBillingFacts(projection: BookProjection): BillingReading {
  let log = projection.log
  let conflicts = 0
  let taken = 0
  /** Rows that were not read yet: those from `place` on. */
  let waiting: readonly number[] = []
  let place = 0
  let entries = noEntries()
  let retracted = new Set<string>()
  let facts = { prices: [], uplifts: [], usage: [], seals: [], exports: [] } as BillingFacts
  const stale = new Set<keyof Entries>()
  let receiptsTo = ''

  /** Takes the rows in that the log has by now. */
  function gather(): void {
    // Two texts under one id: neither counts any more, so the reading starts over, as the projection's does.
    if (log !== projection.log || conflicts !== projection.log.conflicting.size) {
      log = projection.log
      conflicts = log.conflicting.size
      entries = noEntries()
      retracted = new Set()
      for (const list of listOfKind.values()) stale.add(list)
      taken = 0
    }
    const from = taken
    taken = log.table.rows.size
    if (from === taken) return
    const fresh =
      from === 0 ? log.orderedWith(kindsRead) : Array.from({ length: taken - from }, (_, index) => from + index)
    waiting = from === 0 ? [...fresh] : [...waiting.slice(place), ...fresh]
    place = 0
  }

  function readUntil(end: number): void {
    while (place < waiting.length && performance.now() < end) readRow(waiting[place++] ?? -1)
  }

  function readRow(row: number): void {
    const logged = log.at(row)
    if (!logged.kinds.some((kind) => kindsRead.has(kind))) return
    for (const [index, value] of readAction(logged).entries.entries()) {
      const list = listOfKind.get(value.kind)
      if (list) {
        const id = `${logged.id}/${index}`
        entries[list].push({ id, logged, index, value, said: said(value, logged, id) })
        stale.add(list)
      } else if (value.kind === takesBack) {
        retracted.add(String(value['target']))
        stale.add('prices').add('usage')
      }
    }
  }

  /** Which of two seals holds depends on when the server received them. */
  function followReceipts(): void {
    const { generation, seq } = projection.receipts.position
    if (receiptsTo === `${generation}/${seq}`) return
    receiptsTo = `${generation}/${seq}`
    if (facts.seals.some(({ state }) => state === 'superseded')) stale.add('seals')
  }

  function factsNow(): BillingFacts {
    gather()
    readUntil(Number.POSITIVE_INFINITY)
    followReceipts()
    for (const list of stale) bringInStep(list)
    return facts
  }

  function bringInStep(list: keyof Entries): void {
    const receivedAt = (row: number) => projection.receivedAt(row)
    facts = { ...facts, ...listed(list, { entries: inLogOrder(entries[list]), retracted, facts, receivedAt }) }
    stale.delete(list)
  }

  return {
    facts: factsNow,
    async prepare() {
      for (;;) {
        gather()
        readUntil(performance.now() + sliceMs)
        if (place >= waiting.length) break
        await nextTask()
      }
      for (const list of [...stale]) {
        await nextTask()
        bringInStep(list)
      }
      factsNow()
    },
  }
}

type Entries = ReturnType<typeof noEntries>

function noEntries() {
  return { prices: [] as Entry[], usage: [] as Entry[], seals: [] as Entry[], exports: [] as Entry[] }
}

function inLogOrder(entries: Entry[]): readonly Entry[] {
  const compare = (a: Entry, b: Entry) => (a.logged.row === b.logged.row ? 0 : compareActions(a.logged, b.logged))
  return entries.sort((a, b) => compare(a, b) || a.index - b.index)
}

function listed(
  list: keyof Entries,
  {
    entries,
    retracted,
    facts,
    receivedAt,
  }: {
    entries: readonly Entry[]
    retracted: ReadonlySet<string>
    facts: BillingFacts
    receivedAt: (row: number) => number | null
  },
): Partial<BillingFacts> {
  if (list === 'seals') return { seals: toSeals(entries, { before: facts.seals, receivedAt }) }
  if (list === 'exports') return { exports: entries.map(saidBy) as ExportFacts[] }
  const counting = entries.filter(({ id }) => !retracted.has(id))
  if (list === 'usage') return { usage: counting.map(saidBy) as unknown as BillingFacts['usage'] }
  const isUplift = ({ value }: Entry) => 'uplift' in value
  return {
    prices: counting.filter((entry) => !isUplift(entry)).map(saidBy) as Said<PriceFields>[],
    uplifts: counting.filter(isUplift).map(saidBy) as Said<UpliftFields>[],
  }
}

function saidBy({ said }: Entry): object {
  return said
}

function said(value: Record<string, unknown>, { by, at }: LoggedAction, entry: string): object {
  const { kind, subject, ...fields } = value
  // The amounts of a seal are read where its parts are put together.
  if (kind === 'run.sealed') return value
  const more = kind === 'usage.recorded' ? { client: subject } : kind === 'run.exported' ? { by, at } : {}
  return { ...(fields['uplift'] ?? fields), ...more, entry }
}
