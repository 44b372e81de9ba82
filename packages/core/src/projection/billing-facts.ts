// What the log says about money: prices, usage and sealed runs, without what was taken back. Read when first asked for, then kept in step
// by reading only the actions that are new: most of any log is about something else, and its kinds say so without being parsed.
import { compareActions, readAction, type LoggedAction } from '../log/logged-action.ts'
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
  /** Who sealed it first, and when by their device's clock. */
  readonly by: string
  readonly at: number
  readonly action: string
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
  /** What it says, made once: two answers have the same object where they say the same. */
  said?: object
}

const listOfKind = new Map<string, keyof Entries>([
  ['price.set', 'prices'],
  ['usage.recorded', 'usage'],
  ['run.sealed', 'seals'],
  ['run.exported', 'exports'],
])
const takesBack = 'entry.retracted'

/** Makes the reading of one projection; each call gives what the log says by then. A list that nothing came to stays the same array. */
export function createBillingFacts(projection: BookProjection): () => BillingFacts {
  let log = projection.log
  let conflicts = 0
  let read = 0
  let entries = noEntries()
  let retracted = new Set<string>()
  let facts = { prices: [], uplifts: [], usage: [], seals: [], exports: [] } as BillingFacts
  const stale = new Set<keyof Entries>()

  function readFrom(rows: Iterable<number>): void {
    for (const row of rows) {
      const logged = log.at(row)
      if (!logged.kinds.some((kind) => kind === takesBack || listOfKind.has(kind))) continue
      for (const [index, value] of readAction(logged).entries.entries()) {
        const list = listOfKind.get(value.kind)
        if (list) {
          entries[list].push({ id: `${logged.id}/${index}`, logged, index, value })
          stale.add(list)
        } else if (value.kind === takesBack) {
          retracted.add(String(value['target']))
          stale.add('prices').add('usage')
        }
      }
    }
  }

  return () => {
    // Two texts under one id: neither counts any more, so the reading starts over, as the projection's does.
    if (log !== projection.log || conflicts !== projection.log.conflicting.size) {
      log = projection.log
      conflicts = log.conflicting.size
      entries = noEntries()
      retracted = new Set()
      for (const list of listOfKind.values()) stale.add(list)
      read = 0
    }
    const from = read
    read = log.table.rows.size
    if (from === 0) readFrom(log.ordered())
    else readFrom(Array.from({ length: read - from }, (_, index) => from + index))
    for (const list of stale)
      facts = { ...facts, ...listed(list, { entries: inLogOrder(entries[list]), retracted, facts }) }
    stale.clear()
    return facts
  }
}

type Entries = ReturnType<typeof noEntries>

function noEntries() {
  return { prices: [] as Entry[], usage: [] as Entry[], seals: [] as Entry[], exports: [] as Entry[] }
}

function inLogOrder(entries: Entry[]): readonly Entry[] {
  return entries.sort((a, b) => compareActions(a.logged, b.logged) || a.index - b.index)
}

function listed(
  list: keyof Entries,
  { entries, retracted, facts }: { entries: readonly Entry[]; retracted: ReadonlySet<string>; facts: BillingFacts },
): Partial<BillingFacts> {
  if (list === 'seals') return { seals: toSeals(entries, facts.seals) }
  if (list === 'exports') return { exports: entries.map(said) as ExportFacts[] }
  const counting = entries.filter(({ id }) => !retracted.has(id))
  if (list === 'usage') return { usage: counting.map(said) as unknown as BillingFacts['usage'] }
  const isUplift = ({ value }: Entry) => 'uplift' in value
  return {
    prices: counting.filter((entry) => !isUplift(entry)).map(said) as Said<PriceFields>[],
    uplifts: counting.filter(isUplift).map(said) as Said<UpliftFields>[],
  }
}

function said(one: Entry): object {
  if (one.said) return one.said
  const { kind, subject, ...fields } = one.value
  const { by, at } = one.logged
  const more = kind === 'usage.recorded' ? { client: subject } : kind === 'run.exported' ? { by, at } : {}
  one.said = { ...(fields['uplift'] ?? fields), ...more, entry: one.id }
  return one.said
}

/** Puts parts together and says which seal counts: of two that share days, the one that came first in log order. */
function toSeals(entries: readonly Entry[], before: readonly SealFacts[]): SealFacts[] {
  const groups = new Map<string, { first: SealedPart; logged: LoggedAction; parts: Map<number, SealedPart> }>()
  for (const { value, logged } of entries) {
    const part = value as SealedPart
    // Parts of one seal agree in all of this; another prefix would cut the run at other places.
    const key = `${part.from} ${part.to} ${part.hash} ${part.of} ${part.prefix}`
    const group = groups.get(key)
    if (group) group.parts.set(part.part, group.parts.get(part.part) ?? part)
    else groups.set(key, { first: part, logged, parts: new Map([[part.part, part]]) })
  }
  const seals: SealFacts[] = []
  for (const { first, logged, parts } of groups.values()) {
    const { from, to, hash, prefix, policy } = first
    const isTaken = seals.some((seal) => seal.state === 'sealed' && seal.from < to && from < seal.to)
    const inOrder = [...parts.values()].sort((a, b) => a.part - b.part)
    const invoices = inOrder.flatMap((part) => part.invoices)
    const state = parts.size !== first.of ? 'incomplete' : isTaken ? 'superseded' : 'sealed'
    const same = before.find((one) => one.action === logged.id && one.state === state)
    if (same?.invoices.length === invoices.length) {
      seals.push(same)
      continue
    }
    let run: SealedRunFacts | undefined
    seals.push({
      ...{ from, to, hash, prefix, policy, invoices, state },
      by: logged.by,
      at: logged.at,
      action: logged.id,
      // Ten thousand invoices by name are made for who asks for them.
      get run() {
        return (run ??= toSealedRun(first, invoices))
      },
    })
  }
  return seals
}
