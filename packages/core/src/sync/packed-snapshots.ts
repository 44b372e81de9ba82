// Takes a snapshot that comes packed as the plain one would have been taken: before whatever the server sent behind it.
import * as encoding from 'lib0/encoding'
import type { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { decodeSnapshotPart } from '../protocol/snapshot-part.ts'
import { messageType } from '../protocol/wire.ts'
import { runInSlices, type Slices } from '../slices.ts'
import { SlicingDecoder } from '../slicing-decoder.ts'
import { type ComingSnapshot, openComingSnapshot } from './coming-snapshot.ts'

/** Whether this runtime can unpack what {@link takePackedSnapshots} takes. */
export const canUnpack = typeof DecompressionStream === 'function'

interface Waiting {
  readonly type: number
  readonly take: () => void
}

/**
 * To be called when all other messages have their handlers, since unpacking takes a moment in which they wait. `onDamage` is called once for a
 * snapshot that cannot be used: nothing of it, nor of what came behind it, is in the document then.
 */
export function takePackedSnapshots(provider: WebsocketProvider, onDamage: (cause: unknown) => void): void {
  const { messageHandlers: handlers } = provider
  let coming: ComingSnapshot | null = null
  let waiting: Waiting[] = []

  function open(length: number): ComingSnapshot {
    const snapshot = openComingSnapshot(length)
    const isGone = () => coming !== snapshot
    snapshot.whole
      .then(async (update) => {
        await runInSlices(takeIn(update, isGone), isGone)
      })
      .catch((cause: unknown) => {
        if (!isGone()) onDamage(cause)
      })
    return snapshot
  }
  function* takeIn(update: Uint8Array, isGone: () => boolean): Slices<void> {
    if (isGone()) return
    Y.applyUpdateV2(provider.doc, update, provider, SlicingDecoder)
    // Whatever is taken may have ended the connection.
    while (!isGone()) {
      const next = waiting.shift()
      // From here on nothing waits: what comes next finds this.
      if (!next) coming = null
      else next.take()
      yield
    }
  }

  for (const [type, handle] of handlers.entries()) {
    if (!handle) continue
    handlers[type] = (encoder, decoder, ...rest) => {
      if (!coming) return handle(encoder, decoder, ...rest)
      const socket = provider.ws
      waiting.push({
        type,
        take() {
          handle(encoder, decoder, ...rest)
          // Whoever received it looked for an answer at once.
          if (encoding.length(encoder) > 1) socket?.send(encoding.toUint8Array(encoder))
        },
      })
    }
  }
  handlers[messageType.snapshotPart] = (_encoder, decoder) => {
    try {
      const part = decodeSnapshotPart(decoder)
      coming ??= open(part.length)
      coming.take(part)
    } catch (cause) {
      onDamage(cause)
    }
  }
  provider.on('connection-close', () => {
    const unheard = waiting
    coming = null
    waiting = []
    // What the server refused explains its close, and what it has on its disk is there whether the document is here or not.
    for (const { type, take } of unheard) if (type === messageType.durable) take()
  })
}
