// Decides for every row of a file what importing it would do; changes nothing, so that it can be shown first.
import type { ClientRow } from '../book.ts'
import { stepOn } from '../projection/timeline.ts'
import { textLimits } from '../schema/entries.ts'
import { deriveId } from '../schema/derived-id.ts'
import { createId } from '../schema/ids.ts'
import { quote } from './check-input.ts'
import type { CommandContext } from './draft.ts'
import type { ImportPlan, ImportProblem, ImportRow, ImportStep } from './import-plan.ts'
import { createLookUp, type LookUp } from './import-look-up.ts'
import { isBlank, problem, readFields, type RowFields } from './import-row.ts'
import { refKey } from './other-refs.ts'

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
  readonly lookUp: LookUp
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
  const found = planning.lookUp.find(fields)
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
  if (found === 'several-clients') {
    return {
      problems: [
        problem(row, 'externalRef', 'several-clients', 'expected external ids of one client, got those of several'),
      ],
    }
  }
  const derived = derivedId(context, row, { file: planning.file, fields })
  const existing = found ?? context.projection.rows.get(derived)
  const client = existing?.id ?? derived
  const keys = [client, ...keysOf(fields)]
  const earlier = keys.map((key) => planning.taken.get(key)).find((first) => first !== undefined)
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
  for (const key of keys) planning.taken.set(key, row.row)
  if (!existing) return addStep(context, row, client, { ...fields, ...newRefs(fields, planning.lookUp) })
  // Found by the file's own id alone: this very row was imported before and the client renamed since.
  if (!found && derived === deriveId(planning.file, `row:${row.row}`))
    return { row: row.row, client, does: 'nothing', name: existing.name, fields: {} }
  return changeStep(context, row, existing, { fields, refs: newRefs(fields, planning.lookUp, existing) })
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
      ...(Object.keys(fields.otherRefs).length === 0 ? {} : { otherRefs: fields.otherRefs }),
    },
    ...(fields.tier === undefined ? {} : { tier: { tier: fields.tier, effectiveOn: fields.effectiveOn ?? createdOn } }),
    ...(fields.lastActivity === undefined ? {} : { lastActivity: fields.lastActivity }),
  }
}

function changeStep(
  context: CommandContext,
  row: ImportRow,
  existing: ClientRow,
  { fields, refs }: { fields: RowFields; refs: { otherRefs?: Record<string, string> } },
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
    ...(fields.externalRef === undefined || isKnownAs(existing, fields.externalRef)
      ? {}
      : { externalRef: fields.externalRef }),
    ...refs,
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

/** Whether it is its external reference, or what a system calls it: then the file has that system's numbers. */
function isKnownAs({ externalRef, otherRefs }: ClientRow, ref: string): boolean {
  return externalRef === ref || otherRefs?.some(({ id }) => id === ref) === true
}

/** What tells a row from the others of its file: the references it has, else its name. */
function keysOf({ name, externalRef, otherRefs }: RowFields): readonly string[] {
  const refs = Object.entries(otherRefs).map(([system, id]) => refKey(system, id))
  const keys = externalRef === undefined ? refs : [`ref:${externalRef}`, ...refs]
  return keys.length > 0 ? keys : [`name:${name.toLowerCase()}`]
}

/** The same for a row of the same references whatever file and device it is read on. */
function derivedId(
  context: CommandContext,
  row: ImportRow,
  { file, fields }: { file: string; fields: RowFields },
): string {
  if (fields.externalRef !== undefined) return deriveId(context.book, `client:${fields.externalRef}`)
  const [ref] = Object.entries(fields.otherRefs)
    .map(([system, id]) => refKey(system, id))
    .sort()
  return ref === undefined ? deriveId(file, `row:${row.row}`) : deriveId(context.book, `client:${ref}`)
}

/** Those that a client does not have yet, as the book spells the systems' names. */
function newRefs(fields: RowFields, lookUp: LookUp, existing?: ClientRow): { otherRefs?: Record<string, string> } {
  const held = new Map(existing?.otherRefs?.map(({ system, id }) => [system, id]))
  const wanted = Object.entries(fields.otherRefs).map(([system, id]) => [lookUp.spell(system), id] as const)
  const fresh = wanted.filter(([system, id]) => held.get(system) !== id)
  return fresh.length > 0 ? { otherRefs: Object.fromEntries(fresh) } : {}
}
