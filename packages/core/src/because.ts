// Why a command did nothing, for programs: what it says and with which values, so that an app can say it in any language. The English `message`
// beside it is for developers.
import * as z from 'zod/mini'

const text = z.string()

/** What a refusal says, by its values. Days are `YYYY-MM-DD`, `tier` is a tier's id, `field` the name of a field. */
export const becauseSchemas = {
  /** Another tier has this name. */
  'name-taken': z.object({ says: z.literal('name-taken'), name: text }),
  'same-values': z.object({ says: z.literal('same-values'), name: text }),
  'already-on-tier': z.object({ says: z.literal('already-on-tier'), tier: text, on: text }),
  'ended-since': z.object({ says: z.literal('ended-since'), on: text }),
  'in-service': z.object({ says: z.literal('in-service'), on: text }),
  'reference-taken': z.object({ says: z.literal('reference-taken'), externalRef: text }),
  'days-sealed': z.object({ says: z.literal('days-sealed'), from: text, to: text }),
  'usage-recorded': z.object({ says: z.literal('usage-recorded'), unit: text, from: text, to: text }),
  'not-after': z.object({ says: z.literal('not-after'), from: text, to: text }),
  'two-on-a-day': z.object({ says: z.literal('two-on-a-day'), on: text }),
  'settled-already': z.object({ says: z.literal('settled-already') }),
  'kind-stays': z.object({ says: z.literal('kind-stays'), kind: text }),
  'run-stays': z.object({ says: z.literal('run-stays') }),
  'tier-stays': z.object({ says: z.literal('tier-stays') }),
  'book-stays': z.object({ says: z.literal('book-stays') }),
  'export-stays': z.object({ says: z.literal('export-stays') }),
  'revocation-stays': z.object({ says: z.literal('revocation-stays') }),
  'by-somebody-else': z.object({ says: z.literal('by-somebody-else') }),
  'not-all-here': z.object({ says: z.literal('not-all-here'), seen: z.int(), of: z.int() }),
  'gone-since': z.object({ says: z.literal('gone-since'), name: text }),
  'field-changed-since': z.object({ says: z.literal('field-changed-since'), name: text, field: text }),
  'tier-changed-since': z.object({ says: z.literal('tier-changed-since'), name: text }),
  'used-since': z.object({ says: z.literal('used-since'), name: text }),
  'recorded-since': z.object({ says: z.literal('recorded-since'), name: text }),
  'field-not-logged': z.object({ says: z.literal('field-not-logged'), name: text, field: text }),
  'view-saved-since': z.object({ says: z.literal('view-saved-since'), name: text }),
  'view-not-logged': z.object({ says: z.literal('view-not-logged') }),
  'note-not-logged': z.object({ says: z.literal('note-not-logged'), name: text }),
} as const

/** Names of what refusals say. */
export type BecauseSays = keyof typeof becauseSchemas
/** What one of them says. */
export type BecauseOf<S extends BecauseSays> = z.infer<(typeof becauseSchemas)[S]>
/** Why a command did nothing. */
export type Because = { [S in BecauseSays]: BecauseOf<S> }[BecauseSays]
