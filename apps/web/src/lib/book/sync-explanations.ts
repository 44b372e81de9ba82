// What a state of saving and sending means, and what to do: a sentence or two for each.
import type { BookStatus } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'
import type { SyncSituation } from './sync-words.ts'

const explanations: Readonly<Record<SyncSituation, (status: BookStatus) => string>> = {
  'not-saved': ({ storageProblem }) => m.book_not_saved_text({ why: storageProblem ?? m.book_no_reason() }),
  memory: () => m.book_memory_text(),
  fetching: () => m.book_fetching_text(),
  'not-received': () => m.book_not_received_text(),
  importing: () => m.book_import_progress_text(),
  saving: () => m.book_saving_text(),
  saved: () => m.book_saved_text(),
  'signed-out': (status) => `${m.book_signed_out_text()} ${keptWords(status)}`,
  refused: (status) => `${m.book_refused_text()} ${keptWords(status)}`,
  paused: () => m.book_paused_text(),
  sending: () => m.book_sending_text(),
  unsent: () => m.book_unsent_text(),
  offline: () => m.book_offline_text(),
  connecting: () => m.book_connecting_text(),
  'saving-last': () => m.book_saving_last(),
  'all-saved': ({ replicated }) => (replicated ? m.book_all_saved_twice() : m.book_all_saved_text()),
}

/** Explains what `syncWords` says of a status. */
export function syncExplanation(is: SyncSituation, status: BookStatus): string {
  return explanations[is](status)
}

function keptWords({ unsent }: BookStatus): string {
  return unsent > 0 ? m.book_kept_here({ changes: m.ui_changes({ count: unsent }) }) : m.book_all_sent()
}
