// What the log says about money: prices, usage and sealed runs, without what was taken back. Read when first asked for, then kept in step
// by reading only the actions that are new: most of any log is about something else, and its kinds say so without being parsed.
import { compareActions, readAction, type LoggedAction } from '../log/logged-action.ts'
import type { ExportFields, PriceFields, SealedPart, UpliftFields, UsageFields } from '../schema/billing-entries.ts'
import type { BookProjection } from './book-projection.ts'

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
}

const stays: ReadonlySet<string> = new Set(['run.sealed', 'run.exported'])
const billed = new Set(['price.set', 'usage.recorded', 'run.sealed', 'run.exported', 'entry.retracted'])

/** Makes the reading of one projection; each call gives what the log says by then. */
export function createBillingFacts(projection: BookProjection): () => BillingFacts {
  let log = projection.log
  let conflicts = 0
  let read = 0
  let entries: Entry[] = []
  let retracted = new Set<string>()
  let facts: BillingFacts | null = null

  function readFrom(rows: Iterable<number>): void {
    for (const row of rows) {
      const logged = log.at(row)
      if (!logged.kinds.some((kind) => billed.has(kind))) continue
      facts = null
      for (const [index, entry] of readAction(logged).entries.entries()) {
        if (entry.kind === 'entry.retracted') retracted.add(String(entry['target']))
        else if (billed.has(entry.kind)) entries.push({ id: `${logged.id}/${index}`, logged, index, value: entry })
      }
    }
  }

  return () => {
    // Two texts under one id: neither counts any more, so the reading starts over, as the projection's does.
    if (log !== projection.log || conflicts !== projection.log.conflicting.size) {
      log = projection.log
      conflicts = log.conflicting.size
      entries = []
      retracted = new Set()
      facts = null
      read = log.table.rows.size
      readFrom(log.ordered())
    } else if (read < log.table.rows.size || facts === null) {
      const from = read
      read = log.table.rows.size
      if (from === 0) readFrom(log.ordered())
      else readFrom(Array.from({ length: read - from }, (_, index) => from + index))
    }
    facts ??= toFacts(entries, retracted)
    return facts
  }
}

function toFacts(entries: readonly Entry[], retracted: ReadonlySet<string>): BillingFacts {
  const ordered = [...entries].sort((a, b) => compareActions(a.logged, b.logged) || a.index - b.index)
  const counting = ordered.filter(({ id, value }) => stays.has(String(value['kind'])) || !retracted.has(id))
  const prices: Said<PriceFields>[] = []
  const uplifts: Said<UpliftFields>[] = []
  const usage: Said<UsageFields & { client: string }>[] = []
  const exports: ExportFacts[] = []
  const parts: { part: SealedPart; logged: LoggedAction }[] = []
  for (const { id, logged, value } of counting) {
    const { kind, subject, ...fields } = value
    if (kind === 'usage.recorded') usage.push({ ...(fields as UsageFields), client: String(subject), entry: id })
    else if (kind === 'run.sealed') parts.push({ part: value as SealedPart, logged })
    else if (kind === 'run.exported')
      exports.push({ ...(fields as ExportFields), by: logged.by, at: logged.at, entry: id })
    else if ('uplift' in fields) uplifts.push({ ...(fields['uplift'] as UpliftFields), entry: id })
    else prices.push({ ...(fields as PriceFields), entry: id })
  }
  return { prices, uplifts, usage, seals: toSeals(parts), exports }
}

/** Puts parts together and says which seal counts: of two that share days, the one that came first in log order. */
function toSeals(parts: readonly { part: SealedPart; logged: LoggedAction }[]): SealFacts[] {
  const groups = new Map<string, { first: SealedPart; logged: LoggedAction; parts: Map<number, SealedPart> }>()
  for (const { part, logged } of parts) {
    // Parts of one seal agree in all of this; another prefix would cut the run at other places.
    const key = `${part.from} ${part.to} ${part.hash} ${part.of} ${part.prefix}`
    const group = groups.get(key)
    if (group) group.parts.set(part.part, group.parts.get(part.part) ?? part)
    else groups.set(key, { first: part, logged, parts: new Map([[part.part, part]]) })
  }
  const seals: SealFacts[] = []
  for (const { first, logged, parts: found } of groups.values()) {
    const { from, to, hash, prefix, policy } = first
    const isWhole = found.size === first.of
    const isTaken = seals.some((seal) => seal.state === 'sealed' && seal.from < to && from < seal.to)
    const inOrder = [...found.values()].sort((a, b) => a.part - b.part)
    seals.push({
      ...{ from, to, hash, prefix, policy },
      invoices: inOrder.flatMap(({ invoices }) => invoices),
      state: !isWhole ? 'incomplete' : isTaken ? 'superseded' : 'sealed',
      by: logged.by,
      at: logged.at,
      action: logged.id,
    })
  }
  return seals
}
