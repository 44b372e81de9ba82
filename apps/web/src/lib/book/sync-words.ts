// The words for what is saved and sent: read from acknowledged facts and `navigator.onLine`, never from an open socket.
import type { BookStatus } from '@tierbook/core'

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
      short: 'Not saved on this device',
      explanation: `The last write failed: ${status.storageProblem ?? 'no reason given'}. Keep this tab open, free some space, and export the table.`,
    }
  }
  if (status.storage === 'memory') {
    return {
      tone: 'problem',
      short: 'Kept in this tab only',
      explanation: 'This browser keeps nothing: closing the tab loses the book.',
    }
  }
  return null
}

function loading(status: BookStatus, network: { online: boolean }): SyncWords | null {
  if (status.loaded || status.sync === 'signed-out' || status.sync === 'refused') return null
  return network.online
    ? {
        tone: 'busy',
        short: 'Fetching the book',
        explanation: 'This device has joined and is receiving the book from the server.',
      }
    : {
        tone: 'waiting',
        short: 'Not received yet — offline',
        explanation: 'This device has joined, but the book has not arrived. It comes as soon as there is a network.',
      }
}

function importing(status: BookStatus): SyncWords | null {
  if (!status.importing || status.sync === 'signed-out' || status.sync === 'refused') return null
  const { done, of } = status.importing
  return {
    tone: 'busy',
    short: `Import in progress: ${done} of ${of}`,
    explanation: 'A large import comes in parts. Its clients appear as they arrive.',
  }
}

function onThisDevice(status: BookStatus): SyncWords {
  if (status.storage === 'saving') {
    return {
      tone: 'busy',
      short: 'Saving on this device',
      explanation: 'The last change is being written to this device.',
    }
  }
  return {
    tone: 'good',
    short: 'Saved on this device',
    explanation:
      'Every change is on this device. The book has no server: other devices do not see it. Connect one under Devices.',
  }
}

function withServer(status: BookStatus, network: { online: boolean }): SyncWords {
  const { unsent, reason } = status
  const kept =
    unsent > 0 ? ` ${changeCount(unsent)} not sent yet; kept on this device.` : ' Everything made here was sent before.'
  if (status.sync === 'signed-out') {
    return {
      tone: 'problem',
      short: 'Signed out',
      explanation: `The server wants a new invite link: ${reason ?? 'the token no longer holds'}.${kept}`,
    }
  }
  if (status.sync === 'refused') {
    return {
      tone: 'problem',
      short: `Refused: ${reason ?? 'no reason given'}`,
      explanation: `The server closed the connection for good.${kept}`,
    }
  }
  const isOffline = !network.online || status.sync === 'offline'
  if (unsent > 0) {
    if (status.sync === 'online' && network.online) {
      return {
        tone: 'busy',
        short: `Sending ${changeCount(unsent)}`,
        explanation: 'Saved on this device; the server has not confirmed them yet.',
      }
    }
    return {
      tone: 'waiting',
      short: `${changeCount(unsent)} not sent yet — ${isOffline ? 'offline' : 'connecting'}`,
      explanation: 'They are saved on this device and go to the server when it can be reached.',
    }
  }
  if (isOffline) {
    return {
      tone: 'waiting',
      short: 'Offline — nothing waits to be sent',
      explanation: 'Go on working: changes are saved on this device and sent later.',
    }
  }
  if (status.sync !== 'online') {
    return {
      tone: 'busy',
      short: 'Connecting',
      explanation: 'Everything made here was sent before. News from other devices is on its way.',
    }
  }
  if (status.storage === 'saving') {
    return {
      tone: 'busy',
      short: 'Saving on this device',
      explanation: 'The server has every change; this device is writing the last one.',
    }
  }
  return {
    tone: 'good',
    short: 'All changes saved',
    explanation: 'Every change is on this device and on the server’s disk.',
  }
}

function changeCount(count: number): string {
  return count === 1 ? '1 change' : `${count.toLocaleString('en')} changes`
}
