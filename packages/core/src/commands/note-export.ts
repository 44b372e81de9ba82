// Noting that a period's invoices left the book as files, so that nobody hands them over twice without knowing.
import type { Appended } from '../book.ts'
import { fail, succeed } from '../result.ts'
import { ExportFields } from '../schema/billing-entries.ts'
import { deriveId } from '../schema/derived-id.ts'
import { checkInput } from './check-input.ts'
import type { Command } from './draft.ts'

/** Notes an export under the id of the period's run. */
export const noteExport: Command<unknown, Appended> = ({ book }, input) => {
  const checked = checkInput(ExportFields, input)
  if (!checked.ok) return checked
  const { from, to } = checked.value
  if (from >= to)
    return fail('invalid-input', `to: expected a day after ${from}, got ${to}`, 'to', { says: 'not-after', from, to })
  const subject = deriveId(book, `run:${from}:${to}`)
  const entry = { kind: 'run.exported' as const, subject, ...checked.value }
  return succeed({ describe: [], entries: [entry], value: (action) => ({ action }) })
}
