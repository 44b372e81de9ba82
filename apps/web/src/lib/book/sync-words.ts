// The words for what is saved and sent: read from acknowledged facts and `navigator.onLine`, never from an open socket.
import type { BookStatus } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

/** How loud a state is; each has its own icon, so colour is never alone. */
export type SyncTone = 'good' | 'busy' | 'waiting' | 'problem'

/** One state in words. */
export interface SyncWords {
  readonly tone: SyncTone
  readonly short: string
  readonly explanation: string
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

function storageProblem(status: BookStatus): SyncWords | null {
  if (status.storage === 'failed') {
    return {
      tone: 'problem',
      short: m.book_not_saved(),
      explanation: m.book_not_saved_text({ why: status.storageProblem ?? m.book_no_reason() }),
    }
  }
  if (status.storage === 'memory') {
    return {
      tone: 'problem',
      short: m.book_memory(),
      explanation: m.book_memory_text(),
    }
  }
  return null
}

function loading(status: BookStatus, network: { online: boolean }): SyncWords | null {
  if (status.loaded || status.sync === 'signed-out' || status.sync === 'refused') return null
  return network.online
    ? {
        tone: 'busy',
        short: m.book_fetching(),
        explanation: m.book_fetching_text(),
      }
    : {
        tone: 'waiting',
        short: m.book_not_received(),
        explanation: m.book_not_received_text(),
      }
}

function importing(status: BookStatus): SyncWords | null {
  if (!status.importing || status.sync === 'signed-out' || status.sync === 'refused') return null
  const { done, of } = status.importing
  return {
    tone: 'busy',
    short: m.book_import_progress({ done, of }),
    explanation: m.book_import_progress_text(),
  }
}

function onThisDevice(status: BookStatus): SyncWords {
  if (status.storage === 'saving') {
    return {
      tone: 'busy',
      short: m.book_saving(),
      explanation: m.book_saving_text(),
    }
  }
  return {
    tone: 'good',
    short: m.book_saved(),
    explanation: m.book_saved_text(),
  }
}

function withServer(status: BookStatus, network: { online: boolean }): SyncWords {
  const { unsent, reason } = status
  const kept = unsent > 0 ? m.book_kept_here({ changes: changeCount(unsent) }) : m.book_all_sent()
  if (status.sync === 'signed-out') {
    return {
      tone: 'problem',
      short: m.book_signed_out(),
      explanation: `${m.book_signed_out_text({ why: reason ?? m.book_token_over() })} ${kept}`,
    }
  }
  if (status.sync === 'refused') {
    return {
      tone: 'problem',
      short: m.book_refused({ why: reason ?? m.book_no_reason() }),
      explanation: `${m.book_refused_text()} ${kept}`,
    }
  }
  const isOffline = !network.online || status.sync === 'offline'
  if (status.savingPaused && network.online) {
    return {
      tone: 'waiting',
      short: unsent > 0 ? m.book_paused_unsent({ changes: changeCount(unsent) }) : m.book_paused(),
      explanation: m.book_paused_text(),
    }
  }
  if (unsent > 0) {
    if (status.sync === 'online' && network.online) {
      return {
        tone: 'busy',
        short: m.book_sending({ changes: changeCount(unsent) }),
        explanation: m.book_sending_text(),
      }
    }
    return {
      tone: 'waiting',
      short: isOffline
        ? m.book_unsent_offline({ changes: changeCount(unsent) })
        : m.book_unsent_connecting({ changes: changeCount(unsent) }),
      explanation: m.book_unsent_text(),
    }
  }
  if (isOffline) {
    return {
      tone: 'waiting',
      short: m.book_offline(),
      explanation: m.book_offline_text(),
    }
  }
  if (status.sync !== 'online') {
    return {
      tone: 'busy',
      short: m.book_connecting(),
      explanation: m.book_connecting_text(),
    }
  }
  if (status.storage === 'saving') {
    return {
      tone: 'busy',
      short: m.book_saving(),
      explanation: m.book_saving_last(),
    }
  }
  return {
    tone: 'good',
    short: m.book_all_saved(),
    explanation: status.replicated ? m.book_all_saved_twice() : m.book_all_saved_text(),
  }
}

function changeCount(count: number): string {
  return m.ui_changes({ count })
}
