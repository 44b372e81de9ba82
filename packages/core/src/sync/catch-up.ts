// Asks the server for everything that it has by now, and tells when that is in the document.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { messageType } from '../protocol/wire.ts'

/** A server that does not answer for so long has no answer. */
const answerWithinMs = 10_000

/**
 * Gives what asks. It resolves with true once everything is here that the server stored before the question came to it, with false where nobody can be
 * asked or no answer comes.
 */
export function createCatchUp(provider: WebsocketProvider): () => Promise<boolean> {
  /** The server answers in the order of the questions. */
  const waiting: ((isHere: boolean) => void)[] = []
  const readSync = provider.messageHandlers[messageType.sync]
  provider.messageHandlers[messageType.sync] = (encoder, decoder, ...rest) => {
    const isAnswer = decoding.readVarUint(decoding.clone(decoder)) === 1
    readSync?.(encoder, decoder, ...rest)
    if (isAnswer) waiting.shift()?.(true)
  }
  provider.on('connection-close', () => {
    for (const answer of waiting.splice(0)) answer(false)
  })
  return async () => {
    const { ws } = provider
    // The handshake's own answer comes before that of any question.
    if (!ws || !provider.synced) return false
    const question = encoding.createEncoder()
    encoding.writeVarUint(question, messageType.sync)
    encoding.writeVarUint(question, 0)
    encoding.writeVarUint8Array(question, Y.encodeStateVector(provider.doc))
    ws.send(encoding.toUint8Array(question))
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, answerWithinMs, false)
      waiting.push((isHere) => {
        clearTimeout(timer)
        resolve(isHere)
      })
    })
  }
}
