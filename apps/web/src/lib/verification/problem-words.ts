// What is wrong with an action, in words.
import type { LogProblem, LogProblemKind } from '@tierbook/core/audit'
import { m } from '#lib/paraglide/messages.js'

const words: Readonly<Record<LogProblemKind, (about: { action: string }) => string>> = {
  unreadable: m.verification_unreadable,
  doubled: m.verification_doubled,
  changed: m.verification_changed,
  missing: m.verification_missing,
  'not-first': m.verification_not_first,
  mixed: m.verification_mixed,
  'bad-signature': m.verification_bad_signature,
  unsigned: m.verification_unsigned,
  'no-key': m.verification_no_key,
  'another-key': m.verification_another_key,
  'after-revocation': m.verification_after_revocation,
}

/** One sentence about a problem. */
export function problemWords({ kind, action }: LogProblem): string {
  return words[kind]({ action: action || '–' })
}
