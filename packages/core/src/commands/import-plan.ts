// What an import would do, row by row: a plan is plain data, shown as a preview, stored, and carried out as it is.
import type { PlainDate } from '../schema/plain-date.ts'

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
  /** `YYYY-MM-DD`, when the tier takes effect. @default created, for a new client; today for an existing one */
  readonly effectiveOn?: string
}

/** What is wrong with a row: the field, what was expected and what came. */
export interface ImportProblem {
  readonly row: number
  readonly field: 'client' | 'tier' | 'created' | 'lastActivity' | 'externalRef' | 'effectiveOn'
  readonly code: 'missing' | 'too-long' | 'not-a-date' | 'unknown-tier' | 'duplicate' | 'ambiguous-name' | 'client-ended' | 'not-well-formed'
  readonly message: string
}

/** What one good row does. */
export interface ImportStep {
  readonly row: number
  readonly client: string
  readonly does: 'add' | 'change' | 'nothing'
  readonly name: string
  readonly fields: { readonly name?: string; readonly createdOn?: PlainDate; readonly externalRef?: string }
  readonly tier?: { readonly tier: string; readonly effectiveOn: PlainDate }
  readonly lastActivity?: number
}

/** A whole import: good rows as steps, bad rows as problems. */
export interface ImportPlan {
  readonly batch: string
  readonly source: string | null
  readonly rows: number
  readonly steps: readonly ImportStep[]
  readonly problems: readonly ImportProblem[]
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}
