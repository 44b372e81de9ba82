// Decides for every row of a file what importing it would do; changes nothing, so that it can be shown first.
import type { ClientRow } from '../book.ts'
import { stepOn } from '../projection/timeline.ts'
import { textLimits } from '../schema/entries.ts'
import { deriveId } from '../schema/derived-id.ts'
import { createId } from '../schema/ids.ts'
import { quote } from './check-input.ts'
import type { CommandContext } from './draft.ts'
import type { ImportPlan, ImportProblem, ImportRow, ImportStep } from './import-plan.ts'
import { isBlank, problem, readFields, type RowFields } from './import-row.ts'

/** Plans the import of `rows`. The same file again plans nothing for rows whose facts the book already holds. */
export function planImport(
  context: CommandContext,
  rows: readonly ImportRow[],
  options: { source?: string } = {},
): ImportPlan {
  const file = deriveId(context.book, JSON.stringify(rows.map(({ row: _, ...fields }) => fields)))
  const lookUp = createLookUp(context)
  const taken = new Map<string, number>()
  const steps: ImportStep[] = []
  const problems: ImportProblem[] = []
  for (const row of rows) {
    if (isBlank(row)) continue
    const planned = planRow(context, row, { file, lookUp, taken })
    if ('does' in planned) steps.push(planned)
    else problems.push(...planned.problems)
  }
  const count = (does: ImportStep['does']) => steps.filter((step) => step.does === does).length
  return {
    batch: createId(),
    source: options.source?.trim().slice(0, textLimits.name).toWellFormed() || null,
    rows: rows.length,
    steps,
    problems,
    added: count('add'),
    changed: count('change'),
    unchanged: count('nothing'),
  }
}

interface Planning {
  /** Derived from the file's content: rows without a reference get the same id each time the file is read. */
  readonly file: string
  readonly lookUp: ReturnType<typeof createLookUp>
  /** Client id to the first row that is about it. */
  readonly taken: Map<string, number>
}

function planRow(
  context: CommandContext,
  row: ImportRow,
  planning: Planning,
): ImportStep | { problems: ImportProblem[] } {
  const problems: ImportProblem[] = []
  const fields = readFields(context, row, problems)
  if (problems.length > 0) return { problems }
  const { name, externalRef } = fields
  const found = planning.lookUp(name, externalRef)
  if (found === 'ambiguous') {
    return {
      problems: [
        problem(
          row,
          'client',
          'ambiguous-name',
          `expected a name that one client has, got ${quote(name)}, which several have; add an external id`,
        ),
      ],
    }
  }
  const derived =
    externalRef === undefined
      ? deriveId(planning.file, `row:${row.row}`)
      : deriveId(context.book, `client:${externalRef}`)
  const existing = found ?? context.projection.rows.get(derived)
  const client = existing?.id ?? derived
  const earlier = planning.taken.get(client) ?? planning.taken.get(nameKey(name, externalRef))
  if (earlier !== undefined) {
    const field = externalRef === undefined ? 'client' : 'externalRef'
    return {
      problems: [
        problem(
          row,
          field,
          'duplicate',
          `expected each client once, got ${quote(externalRef ?? name)} again (first in row ${earlier})`,
        ),
      ],
    }
  }
  planning.taken.set(client, row.row).set(nameKey(name, externalRef), row.row)
  if (!existing) return addStep(context, row, client, fields)
  // Found by the file's own id alone: this very row was imported before and the client renamed since.
  if (!found && externalRef === undefined)
    return { row: row.row, client, does: 'nothing', name: existing.name, fields: {} }
  return changeStep(context, row, existing, fields)
}

function addStep(context: CommandContext, row: ImportRow, client: string, fields: RowFields): ImportStep {
  const createdOn = fields.createdOn ?? context.projection.today()
  return {
    row: row.row,
    client,
    does: 'add',
    name: fields.name,
    fields: {
      name: fields.name,
      createdOn,
      ...(fields.externalRef === undefined ? {} : { externalRef: fields.externalRef }),
    },
    ...(fields.tier === undefined ? {} : { tier: { tier: fields.tier, effectiveOn: fields.effectiveOn ?? createdOn } }),
    ...(fields.lastActivity === undefined ? {} : { lastActivity: fields.lastActivity }),
  }
}

function changeStep(
  context: CommandContext,
  row: ImportRow,
  existing: ClientRow,
  fields: RowFields,
): ImportStep | { problems: ImportProblem[] } {
  const effectiveOn = fields.effectiveOn ?? context.projection.today()
  const step = stepOn(context.projection.client(existing.id)?.facts().steps ?? [], effectiveOn)
  const movesTier = fields.tier !== undefined && step?.tier !== fields.tier
  if (movesTier && step?.ended) {
    return {
      problems: [
        problem(
          row,
          'tier',
          'client-ended',
          `the service of ${quote(existing.name)} ended on ${step.on}; resume it first`,
        ),
      ],
    }
  }
  const changed = {
    ...(fields.name === existing.name ? {} : { name: fields.name }),
    ...(fields.createdOn === undefined || fields.createdOn === existing.createdOn
      ? {}
      : { createdOn: fields.createdOn }),
    ...(fields.externalRef === undefined || fields.externalRef === existing.externalRef
      ? {}
      : { externalRef: fields.externalRef }),
  }
  const isNewer =
    fields.lastActivity !== undefined && fields.lastActivity > (existing.lastActivity ?? Number.NEGATIVE_INFINITY)
  return {
    row: row.row,
    client: existing.id,
    does: movesTier || Object.keys(changed).length > 0 ? 'change' : 'nothing',
    name: fields.name,
    fields: changed,
    ...(movesTier && fields.tier !== undefined ? { tier: { tier: fields.tier, effectiveOn } } : {}),
    ...(isNewer && fields.lastActivity !== undefined ? { lastActivity: fields.lastActivity } : {}),
  }
}

/** By external reference first; else by name, where it is one client's and its reference does not contradict. */
function createLookUp({
  projection,
}: CommandContext): (name: string, externalRef: string | undefined) => ClientRow | 'ambiguous' | undefined {
  const byName = new Map<string, ClientRow[]>()
  for (const row of projection.rows.values()) {
    const key = row.name.toLowerCase()
    byName.set(key, [...(byName.get(key) ?? []), row])
  }
  return (name, externalRef) => {
    const byRef = externalRef === undefined ? undefined : projection.clientIdByExternalRef(externalRef)
    if (byRef !== undefined) return projection.rows.get(byRef)
    const named = (byName.get(name.toLowerCase()) ?? []).filter(
      (row) => externalRef === undefined || row.externalRef === null,
    )
    return named.length > 1 ? 'ambiguous' : named[0]
  }
}

function nameKey(name: string, externalRef: string | undefined): string {
  return externalRef === undefined ? `name:${name.toLowerCase()}` : `ref:${externalRef}`
}
