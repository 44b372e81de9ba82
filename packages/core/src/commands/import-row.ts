// Reads one row of an import: every field is judged, and each fault is named with what was expected and what came.
import { textLimits } from '../schema/entries.ts'
import { dateInZone, isPlainDate, type PlainDate } from '../schema/plain-date.ts'
import { quote } from './check-input.ts'
import { SystemName } from './other-refs.ts'
import type { CommandContext } from './draft.ts'
import type { ImportProblem, ImportRow } from './import-plan.ts'

/** The fields of a row that has no faults; what was left empty is undefined. */
export interface RowFields {
  readonly name: string
  readonly externalRef: string | undefined
  /** By the name of the system; empty cells are left out. */
  readonly otherRefs: Readonly<Record<string, string>>
  readonly tier: string | undefined
  readonly createdOn: PlainDate | undefined
  readonly effectiveOn: PlainDate | undefined
  readonly lastActivity: number | undefined
}

/** Reads `row`; faults go into `problems`. */
export function readFields(context: CommandContext, row: ImportRow, problems: ImportProblem[]): RowFields {
  const { timeZone } = context.projection.settings()
  const text = (field: 'client' | 'externalRef', max: number, came = row[field]) => {
    const value = came?.trim() ?? ''
    if (value.length > max)
      problems.push(problem(row, field, 'too-long', `expected at most ${max} characters, got ${value.length}`))
    else if (!value.isWellFormed())
      problems.push(problem(row, field, 'not-well-formed', `expected well-formed Unicode, got ${quote(value)}`))
    return value
  }
  const date = (field: 'created' | 'effectiveOn') => {
    const value = row[field]?.trim()
    if (!value) return undefined
    if (isPlainDate(value)) return value
    const instant = readInstant(value)
    if (instant !== null) return dateInZone(instant, timeZone)
    problems.push(problem(row, field, 'not-a-date', `expected a date YYYY-MM-DD, got ${quote(value)}`))
    return undefined
  }
  const refs = () => {
    const ids: Record<string, string> = {}
    for (const [system, came] of Object.entries(row.otherRefs ?? {})) {
      const id = text('externalRef', textLimits.externalRef, came)
      if (!id) continue
      const name = SystemName.safeParse(system)
      if (name.success) ids[name.data] = id
      else
        problems.push(
          problem(row, 'externalRef', 'not-a-system', `expected the name of a system, got ${quote(system)}`),
        )
    }
    return ids
  }
  const name = text('client', textLimits.name)
  if (!name) problems.push(problem(row, 'client', 'missing', 'expected the name of a client, got nothing'))
  const tierText = row.tier?.trim().toLowerCase()
  const tiers = context.projection.tiers()
  const tier = tierText
    ? tiers.find((known) => known.id.toLowerCase() === tierText || known.name.toLowerCase() === tierText)
    : undefined
  if (tierText && !tier) {
    problems.push(
      problem(
        row,
        'tier',
        'unknown-tier',
        `expected one of ${tiers.map((known) => known.name).join(', ')}, got ${quote(row.tier?.trim())}`,
      ),
    )
  }
  const activityText = row.lastActivity?.trim()
  const lastActivity = activityText ? readInstant(activityText) : undefined
  if (lastActivity === null) {
    problems.push(
      problem(
        row,
        'lastActivity',
        'not-a-date',
        `expected a date or date-time such as 2026-11-22T09:30:00Z, got ${quote(activityText)}`,
      ),
    )
  }
  return {
    name,
    externalRef: text('externalRef', textLimits.externalRef) || undefined,
    otherRefs: refs(),
    tier: tier?.id,
    createdOn: date('created'),
    effectiveOn: date('effectiveOn'),
    lastActivity: lastActivity ?? undefined,
  }
}

const isoInstant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/

/** Epoch ms of an ISO date-time (UTC where it names no offset) or of noon UTC of a date, which is that date almost everywhere. */
function readInstant(text: string): number | null {
  const isDay: boolean = isPlainDate(text.slice(0, 10))
  if (isDay && text.length === 10) return Date.parse(`${text}T12:00:00Z`)
  if (!isDay || !isoInstant.test(text)) return null
  const iso = text.replace(' ', 'T')
  const instant = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`)
  return Number.isNaN(instant) ? null : instant
}

/** Whether a row holds nothing at all, as the last line of many files. */
export function isBlank(row: ImportRow): boolean {
  const { client, tier, created, lastActivity, externalRef, effectiveOn } = row
  const refs = Object.values(row.otherRefs ?? {})
  return [client, tier, created, lastActivity, externalRef, effectiveOn, ...refs].every((field) => !field?.trim())
}

/** A fault of a row, its message beginning with the field. */
export function problem(
  row: ImportRow,
  field: ImportProblem['field'],
  code: ImportProblem['code'],
  message: string,
): ImportProblem {
  return { row: row.row, field, code, message: `${field}: ${message}` }
}
