// Undoing prices and usage: taking them back, or saying again what was taken back.
import type { UndoChange } from '../book-undo.ts'
import type { LoggedEntry } from '../projection/logged-entry.ts'
import type { KnownEntry } from '../schema/entries.ts'
import type { Inverting, Part } from './invert-adding.ts'
import { saidIndex } from './said-index.ts'
import type { UndoContext } from './undo.ts'

/** `target` is what `logged` took back, where it is a retraction. */
export function invertBilling(
  { context, isUndoing }: Inverting,
  logged: LoggedEntry,
  target: LoggedEntry | undefined,
): readonly Part[] {
  const { entry } = target ?? logged
  const facts = context.facts()
  const index = saidIndex(facts)
  const client = clientOf(entry)
  const name = (client && context.projection.rows.get(client)?.name) ?? itemNameOf(context, entry) ?? ''
  const change: UndoChange = {
    kind: entry.kind === 'usage.recorded' ? 'usage' : 'price',
    ...{ client, name, on: textOf(entry['effectiveOn'] ?? entry['from']), from: null, to: null },
  }
  if (!target) {
    const alike = entry.kind === 'usage.recorded' ? index.usageOf(entry.subject, entry['unit']) : index.pricing
    // What was taken back by hand stands under another id since that was undone.
    const standing =
      index.byEntry.get(logged.id) ??
      alike.findLast((one) => isUndoing(one.entry.slice(0, one.entry.indexOf('/'))) && saysTheSame(one, entry))
    if (!standing) return []
    const retraction: KnownEntry = { kind: 'entry.retracted', subject: entry.subject, target: standing.entry }
    return [{ step: { entries: [retraction], describe: [] }, change }]
  }
  const isReplaced =
    entry.kind === 'usage.recorded'
      ? index
          .usageOf(entry.subject, entry['unit'])
          .some(
            (record) =>
              record.from < String(entry['to']) &&
              String(entry['from']) < record.to &&
              !isReplacement(record.entry, logged),
          )
      : facts.prices.some((price) => price.effectiveOn === entry['effectiveOn'] && isSamePrice(price, entry))
  if (isReplaced)
    return [
      {
        obstacle: {
          ...{ code: 'built-upon', client, message: `${name}: another one was recorded after this` },
          because: { says: 'recorded-since', name },
        },
      },
    ]
  return [{ step: { entries: [entry as KnownEntry], describe: [] }, change }]
}

/** A correction takes the old record back in the action that says the new one, and is undone with it. */
function isReplacement(entry: string, { action }: LoggedEntry): boolean {
  return entry.slice(0, entry.indexOf('/')) === action.id
}

function isSamePrice(
  price: { item: unknown; client?: string | undefined; currency: string },
  entry: LoggedEntry['entry'],
): boolean {
  return (
    JSON.stringify(price.item) === JSON.stringify(entry['item']) &&
    price.client === entry['client'] &&
    price.currency === entry['currency']
  )
}

function saysTheSame(said: object, entry: LoggedEntry['entry']): boolean {
  return Object.entries(said).every(
    ([field, value]) =>
      field === 'entry' ||
      JSON.stringify(value) === JSON.stringify(field === 'client' && 'quantity' in said ? entry.subject : entry[field]),
  )
}

/** What is priced or used: a tier, a unit or a bundle. */
function itemNameOf({ projection }: UndoContext, entry: LoggedEntry['entry']): string | null {
  const { tier, unit, name } = (entry['item'] ?? entry) as Readonly<Record<string, unknown>>
  return textOf(name) ?? textOf(unit) ?? projection.tiers().find(({ id }) => id === tier)?.name ?? null
}

function clientOf(entry: LoggedEntry['entry']): string | null {
  return entry.kind === 'usage.recorded' ? entry.subject : textOf(entry['client'])
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
