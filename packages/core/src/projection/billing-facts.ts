// What the log says about money: prices, usage and sealed runs, without what was taken back. Read when first asked for, then kept in step
// by reading only the actions that are new: most of any log is about something else, and its kinds say so without being parsed. A page reads
// ahead in slices, since years of usage and seals take longer than a frame.
import { compareActions, readAction, type LoggedAction } from '../log/logged-action.ts'
import { nextTask } from '../next-task.ts'
import type { ExportFields, PriceFields, SealedPart, UpliftFields, UsageFields } from '../schema/billing-entries.ts'
import type { BookProjection } from './book-projection.ts'
import { type SealedRunFacts, toSealedRun } from './sealed-run.ts'

/** Something with the id of the entry that says it. */
export type Said<T> = T & { readonly entry: string }

/** A sealed run; `superseded` where another seal of days it covers came first in log order, `incomplete` where parts are missing. */
export interface SealFacts {
  readonly from: string
  readonly to: string
  readonly hash: string
  readonly prefix: string
  readonly policy: SealedPart['policy']
  readonly invoices: SealedPart['invoices']
  readonly state: 'sealed' | 'superseded' | 'incomplete'
  /** Parts that are not here: on their way from another device, or never written because that was cut off. */
  readonly missing: number
  /** Who sealed it first, and when by their device's clock. */
  readonly by: string
  readonly at: number
  readonly action: string
  /** Every action of it that is here, this one included. */
  readonly actions: readonly string[]
  /** The run as `checkSeals` of @tierbook/billing reads it. */
  readonly run: SealedRunFacts
}

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
    const fresh = from === 0 ? log.ordered() : Array.from({ length: taken - from }, (_, index) => from + index)
    waiting = from === 0 ? [...fresh] : [...waiting.slice(place), ...fresh]
    place = 0
  }

  function readUntil(end: number): void {
    while (place < waiting.length && performance.now() < end) readRow(waiting[place++] ?? -1)
  }

  function readRow(row: number): void {
    const logged = log.at(row)
    if (!logged.kinds.some((kind) => kind === takesBack || listOfKind.has(kind))) return
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

  function factsNow(): BillingFacts {
    gather()
    readUntil(Number.POSITIVE_INFINITY)
    for (const list of stale) bringInStep(list)
    return facts
  }

  function bringInStep(list: keyof Entries): void {
    facts = { ...facts, ...listed(list, { entries: inLogOrder(entries[list]), retracted, facts }) }
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
  { entries, retracted, facts }: { entries: readonly Entry[]; retracted: ReadonlySet<string>; facts: BillingFacts },
): Partial<BillingFacts> {
  if (list === 'seals') return { seals: toSeals(entries, facts.seals) }
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

interface SealGroup {
  readonly first: SealedPart
  readonly logged: LoggedAction
  readonly parts: Map<number, SealedPart>
  readonly actions: string[]
}

/** Puts parts together and says which seal counts: of two that share days, the one that came first in log order. */
function toSeals(entries: readonly Entry[], before: readonly SealFacts[]): SealFacts[] {
  const groups = new Map<string, SealGroup>()
  for (const { value, logged } of entries) {
    const part = value as SealedPart
    // Parts of one seal agree in all of this; another prefix would cut the run at other places.
    const key = `${part.from} ${part.to} ${part.hash} ${part.of} ${part.prefix}`
    const group = groups.get(key)
    if (group) {
      group.parts.set(part.part, group.parts.get(part.part) ?? part)
      group.actions.push(logged.id)
    } else groups.set(key, { first: part, logged, parts: new Map([[part.part, part]]), actions: [logged.id] })
  }
  const seals: SealFacts[] = []
  for (const { first, logged, parts, actions } of groups.values()) {
    const { from, to, hash, prefix, policy } = first
    const isTaken = seals.some((seal) => seal.state === 'sealed' && seal.from < to && from < seal.to)
    const inOrder = [...parts.values()].sort((a, b) => a.part - b.part)
    const invoices = inOrder.flatMap((part) => part.invoices)
    const state = parts.size !== first.of ? 'incomplete' : isTaken ? 'superseded' : 'sealed'
    const same = before.find((one) => one.action === logged.id && one.state === state)
    if (same?.invoices.length === invoices.length && same.actions.length === actions.length) {
      seals.push(same)
      continue
    }
    let run: SealedRunFacts | undefined
    seals.push({
      ...{ from, to, hash, prefix, policy, invoices, state },
      missing: first.of - parts.size,
      by: logged.by,
      at: logged.at,
      action: logged.id,
      actions,
      // Ten thousand invoices by name are made for who asks for them.
      get run() {
        return (run ??= toSealedRun(first, invoices))
      },
    })
  }
  return seals
}
