// What is wrong with a row of clients, in the language shown. Core says it in English, more exactly; other languages say it anew from its code.
import type { ImportProblem, ImportRow } from '@tierbook/core'
import { currentLanguage } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'

const fieldWords: Readonly<Record<ImportProblem['field'], () => string>> = {
  client: m.import_field_client,
  tier: m.import_field_tier,
  created: m.import_field_created,
  lastActivity: m.import_field_activity,
  externalRef: m.import_field_external,
  effectiveOn: m.import_field_effective,
}

/** One sentence; `row` is what the file has there, `tiers` the names that a tier may have. */
export function rowProblemWords(
  { field, code, message }: ImportProblem,
  { row, tiers }: { row: ImportRow | undefined; tiers: readonly string[] },
): string {
  if (currentLanguage() === 'en') return message
  const text = row?.[field]?.trim() ?? ''
  const words = {
    missing: () => m.import_row_missing(),
    'too-long': () => m.import_row_long({ count: text.length }),
    'not-a-date': () => m.import_row_date({ text }),
    'unknown-tier': () => m.import_bad_tier({ names: tiers.join(', '), text }),
    duplicate: () => m.import_row_twice({ text }),
    'ambiguous-name': () => m.import_bad_ambiguous({ text }),
    'client-ended': () => m.import_row_ended(),
    'not-a-system': () => m.import_row_system(),
    'several-clients': () => m.import_row_several(),
    'not-well-formed': () => m.import_row_garbled(),
  }
  return `${fieldWords[field]()}: ${words[code]()}`
}
