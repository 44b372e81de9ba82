// What a command says is wrong, in the language shown. Core speaks English to developers and names the field, what was expected and what came.
import type { CommandError } from '@tierbook/core'
import { becauseWords, fieldWords } from './because-words.ts'
import { m } from '#lib/paraglide/messages.js'
import { currentLanguage } from './locale.ts'

const byCode: Readonly<Record<CommandError['code'], (() => string) | null>> = {
  'invalid-input': null,
  'unknown-client': m.ui_error_unknown_client,
  'unknown-tier': m.ui_error_unknown_tier,
  'unknown-entry': m.ui_error_unknown_entry,
  'not-retractable': m.ui_error_not_retractable,
  'already-retracted': m.ui_error_already_retracted,
  'nothing-to-change': m.ui_error_nothing_to_change,
  'client-ended': m.ui_error_client_ended,
  'client-not-ended': m.ui_error_client_not_ended,
  'duplicate-external-ref': m.ui_error_duplicate_ref,
  'too-large': m.ui_error_too_large,
  'read-only': m.ui_error_read_only,
  'newer-schema': m.app_read_only_text,
  closed: m.ui_error_closed,
  'not-loaded': m.ui_error_not_loaded,
  offline: m.ui_error_offline,
  'already-sealed': m.ui_error_already_sealed,
  'nothing-to-undo': m.ui_error_nothing_to_undo,
  'nothing-to-redo': m.ui_error_nothing_to_redo,
  'not-undoable': m.ui_error_not_undoable,
  'built-upon': m.ui_error_built_upon,
  'not-kept': m.ui_error_not_kept,
  'unknown-set-aside': m.ui_error_unknown_set_aside,
  'not-admitted': m.ui_error_not_admitted,
  // Where files are read more is said.
  'not-a-book-file': m.refusals_book_file,
  'newer-book-file': m.refusals_book_file,
  'damaged-book-file': m.refusals_book_file,
  'damaged-copy': m.refusals_book_file,
}
const byField: Readonly<Record<string, () => string>> = {
  name: m.ui_expected_text,
  createdOn: m.ui_expected_date,
  effectiveOn: m.ui_expected_date,
  externalRef: m.ui_expected_text,
  timeZone: m.ui_expected_zone,
  currency: m.ui_expected_currency,
}

/** All codes of {@link CommandError}. */
export const errorCodes = Object.keys(byCode) as CommandError['code'][]

/** The error in words; where core gives no values, English keeps what core says, which is more exact. */
export function errorWords(error: Pick<CommandError, 'code' | 'message' | 'field' | 'because'>): string {
  if (error.because) return becauseWords(error.because)
  if (currentLanguage() === 'en') return error.message
  if (error.code !== 'invalid-input') return byCode[error.code]?.() ?? error.message
  const { field = '' } = error
  return byField[field]?.() ?? m.refusals_invalid({ field: fieldWords(field) })
}
