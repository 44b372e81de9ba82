// The words for what is saved and sent: read from acknowledged facts and `navigator.onLine`, never from an open socket. What explains them stands in
// `sync-explanations.ts`, which loads where it is read.
import type { BookStatus } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

/** How loud a state is; each has its own icon, so colour is never alone. */
export type SyncTone = 'good' | 'busy' | 'waiting' | 'problem'

/** Where a book can stand. */
export type SyncSituation =
  | 'not-saved'
  | 'memory'
  | 'fetching'
  | 'not-received'
  | 'importing'
  | 'saving'
  | 'saved'
  | 'signed-out'
  | 'refused'
  | 'paused'
  | 'sending'
  | 'unsent'
  | 'offline'
  | 'connecting'
  | 'saving-last'
  | 'all-saved'

/** One state in words. */
export interface SyncWords {
  readonly is: SyncSituation
  readonly tone: SyncTone
  readonly short: string
}

/** Says in words where the book stands. */
export function syncWords(status: BookStatus, network: { online: boolean }): SyncWords {
  return (
    storageProblem(status) ??
    loading(status, network) ??
    importing(status) ??
    (status.sync === 'none' ? onThisDevice(status) : withServer(status, network))
  )
}

const words = (is: SyncSituation, tone: SyncTone, short: string): SyncWords => ({ is, tone, short })

function storageProblem({ storage }: BookStatus): SyncWords | null {
  if (storage === 'failed') return words('not-saved', 'problem', m.book_not_saved())
  return storage === 'memory' ? words('memory', 'problem', m.book_memory()) : null
}

function loading(status: BookStatus, network: { online: boolean }): SyncWords | null {
  if (status.loaded || status.sync === 'signed-out' || status.sync === 'refused') return null
  return network.online
    ? words('fetching', 'busy', m.book_fetching())
    : words('not-received', 'waiting', m.book_not_received())
}

function importing(status: BookStatus): SyncWords | null {
  if (!status.importing || status.sync === 'signed-out' || status.sync === 'refused') return null
  const { done, of } = status.importing
  return words('importing', 'busy', m.book_import_progress({ done, of }))
}

function onThisDevice({ storage }: BookStatus): SyncWords {
  return storage === 'saving' ? words('saving', 'busy', m.book_saving()) : words('saved', 'good', m.book_saved())
}

function withServer(status: BookStatus, network: { online: boolean }): SyncWords {
  const { unsent } = status
  const changes = m.ui_changes({ count: unsent })
  if (status.sync === 'signed-out') return words('signed-out', 'problem', m.book_signed_out())
  if (status.sync === 'refused') return words('refused', 'problem', m.book_refused())
  const isOffline = !network.online || status.sync === 'offline'
  if (status.savingPaused && network.online)
    return words('paused', 'waiting', unsent > 0 ? m.book_paused_unsent({ changes }) : m.book_paused())
  if (unsent > 0) {
    if (status.sync === 'online' && network.online) return words('sending', 'busy', m.book_sending({ changes }))
    return words(
      'unsent',
      'waiting',
      isOffline ? m.book_unsent_offline({ changes }) : m.book_unsent_connecting({ changes }),
    )
  }
  if (isOffline) return words('offline', 'waiting', m.book_offline())
  if (status.sync !== 'online') return words('connecting', 'busy', m.book_connecting())
  if (status.storage === 'saving') return words('saving-last', 'busy', m.book_saving())
  return words('all-saved', 'good', m.book_all_saved())
}
