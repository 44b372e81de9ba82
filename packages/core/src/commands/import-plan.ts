// What an import would do, row by row: a plan is plain data, shown as a preview, stored, and carried out as it is.
import * as z from 'zod/mini'
import { ExternalRef, Name } from '../schema/entries.ts'
import { Id, TierId } from '../schema/ids.ts'
import { PlainDate } from '../schema/plain-date.ts'

/** One row as it came from a file; every field is text as typed there. */
export interface ImportRow {
  /** Row number in the file for messages, counted from 1 with the header as row 1. */
  readonly row: number
  readonly client?: string
  /** A tier's name or id. */
  readonly tier?: string
  /** `YYYY-MM-DD`. */
  readonly created?: string
  /** ISO 8601 date or date-time. */
  readonly lastActivity?: string
  readonly externalRef?: string
  /** Further external references: id by the name of the system. */
  readonly otherRefs?: Readonly<Record<string, string>>
  /** `YYYY-MM-DD`, when the tier takes effect. @default created, for a new client; today for an existing one */
  readonly effectiveOn?: string
}

/** What is wrong with a row: the field, what was expected and what came. */
export interface ImportProblem {
  readonly row: number
  readonly field: 'client' | 'tier' | 'created' | 'lastActivity' | 'externalRef' | 'effectiveOn'
  readonly code:
    | 'missing'
    | 'too-long'
    | 'not-a-date'
    | 'unknown-tier'
    | 'duplicate'
    | 'ambiguous-name'
    | 'client-ended'
    | 'not-well-formed'
    | 'not-a-system'
    | 'several-clients'
  readonly message: string
}

/** Schema of {@link ImportStep}; plans are stored and read again after a crash. */
export const ImportStep = z.strictObject({
  row: z.int(),
  client: Id,
  does: z.enum(['add', 'change', 'nothing']),
  name: Name,
  fields: z.strictObject({
    name: z.optional(Name),
    createdOn: z.optional(PlainDate),
    externalRef: z.optional(ExternalRef),
    otherRefs: z.optional(z.record(z.string(), ExternalRef)),
  }),
  tier: z.optional(z.strictObject({ tier: TierId, effectiveOn: PlainDate })),
  lastActivity: z.optional(z.int()),
})
/** What one good row does. */
export type ImportStep = z.infer<typeof ImportStep>

/** Schema of {@link ImportPlan}. */
export const ImportPlan = z.strictObject({
  batch: Id,
  source: z.nullable(Name),
  rows: z.int(),
  steps: z.array(ImportStep),
  problems: z.array(z.custom<ImportProblem>((value) => typeof value === 'object' && value !== null)),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
})
/** A whole import: good rows as steps, bad rows as problems. */
export type ImportPlan = z.infer<typeof ImportPlan>
