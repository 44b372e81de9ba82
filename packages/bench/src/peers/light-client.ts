// A device that holds only a state vector, so that hundreds of them cost the measuring process little; one that is told to holds a document.
import {
  decodeSnapshotPart,
  packedSubprotocol,
  type SnapshotPart,
  snapshotPartBytes,
  subprotocol,
  tokenSubprotocolPrefix,
} from '@tierbook/core/protocol'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import type { PeerServer } from './peer-server.ts'

/** A connected device. */
export interface LightClient {
  /** Resolves at the server's answer to the sync request, with the time of `performance.now()`. */
  readonly synced: Promise<number>
  /** Bytes of updates that came. */
  readonly receivedBytes: number
  /** Frames with updates that came behind the answer. */
  readonly deliveries: number
  /** Bytes of updates that the server asked for and was given. */
  readonly givenBytes: number
  /** Clocks that the server said are on its disk; ours and Hocuspocus say so, in their ways. */
  readonly acknowledged: number
  send(update: Uint8Array): void
  /** Asks to sync with all it knows again; resolves at the answer. */
  askAgain(): Promise<number>
  close(): void
}

export interface LightClientOptions {
  readonly server: PeerServer
  readonly room: string
  readonly token: string
  /** What it holds already. */
  readonly holds?: { readonly stateVector: Uint8Array; readonly update: Uint8Array }
  /** Each update that comes, with whether it is the answer to the sync request. */
  readonly onUpdate?: (update: Uint8Array, isAnswer: boolean) => void
  /** Each packed part of a snapshot that comes; only where it is given are such parts asked for, as our app does. Peers know nothing of it. */
  readonly onPart?: (part: SnapshotPart) => void
  /** Each time that the server says what is on its disk. */
  readonly onAcknowledged?: (clock: number) => void
}

const [sync, auth, syncReply, syncStatus, durable, snapshotPart] = [0, 2, 4, 8, 100, 105]

/** Resolves when connected and asked to sync. */
export async function openLightClient(options: LightClientOptions): Promise<LightClient> {
  const { server, room, holds } = options
  const isHocuspocus = server.contender.script === 'hocuspocus'
  const isOurs = server.contender.script === 'tierbook'
  const url = `ws://127.0.0.1:${server.port}/${isOurs ? 'sync/' : ''}${room}`
  const protocols = [
    subprotocol,
    tokenSubprotocolPrefix + options.token,
    ...(options.onPart ? [packedSubprotocol] : []),
  ]
  const socket = new WebSocket(url, isOurs ? protocols : [], {
    maxPayload: 2 ** 30,
    perMessageDeflate: false,
  })
  const counts = { receivedBytes: 0, deliveries: 0, givenBytes: 0, acknowledged: 0 }
  let isSynced = false
  let onAnswer: (at: number) => void = () => {}
  const nextAnswer = () => new Promise<number>((resolve) => (onAnswer = resolve))
  const synced = nextAnswer()

  const frame = (type: number, write: (encoder: encoding.Encoder) => void) => {
    const encoder = encoding.createEncoder()
    if (isHocuspocus) encoding.writeVarString(encoder, room)
    encoding.writeVarUint(encoder, type)
    write(encoder)
    socket.send(encoding.toUint8Array(encoder))
  }
  const sendSync = (step: 0 | 1 | 2, bytes: Uint8Array) =>
    frame(sync, (encoder) => {
      encoding.writeVarUint(encoder, step)
      encoding.writeVarUint8Array(encoder, bytes)
    })
  const takeSync = (decoder: decoding.Decoder) => {
    const step = decoding.readVarUint(decoder)
    const bytes = decoding.readVarUint8Array(decoder)
    if (step === 0) {
      const lacking = holds ? diff(holds.update, bytes) : nothing
      counts.givenBytes += lacking.length
      return sendSync(1, lacking)
    }
    counts.receivedBytes += bytes.length
    options.onUpdate?.(bytes, step === 1)
    if (step === 2 && isSynced) counts.deliveries++
    if (step !== 1) return
    isSynced = true
    onAnswer(performance.now())
  }
  const takePart = (part: SnapshotPart) => {
    counts.receivedBytes += plainLength(part)
    options.onPart?.(part)
  }
  socket.on('message', (message: Buffer) => {
    const decoder = decoding.createDecoder(message)
    if (isHocuspocus) decoding.readVarString(decoder)
    const type = decoding.readVarUint(decoder)
    if (type === sync || (isHocuspocus && type === syncReply)) takeSync(decoder)
    else if (isHocuspocus && type === syncStatus) counts.acknowledged += decoding.readVarUint(decoder)
    else if (isOurs && type === snapshotPart) takePart(decodeSnapshotPart(decoder))
    else if (isOurs && type === durable) {
      for (let left = decoding.readVarUint(decoder); left > 0; left--) {
        decoding.readVarUint(decoder)
        counts.acknowledged = Math.max(counts.acknowledged, decoding.readVarUint(decoder))
      }
      options.onAcknowledged?.(counts.acknowledged)
    }
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => {}) // a killed server's; the close follows
  if (isHocuspocus)
    frame(auth, (encoder) => {
      encoding.writeVarUint(encoder, 0)
      encoding.writeVarString(encoder, 'token')
    })
  const ask = () => sendSync(0, holds?.stateVector ?? Uint8Array.of(0))
  // A relay would pass the question on to everybody, and everybody's answers again.
  if (server.contender.script !== 'relay') ask()
  return {
    synced,
    get receivedBytes() {
      return counts.receivedBytes
    },
    get deliveries() {
      return counts.deliveries
    },
    get givenBytes() {
      return counts.givenBytes
    },
    get acknowledged() {
      return counts.acknowledged
    },
    send: (update) => sendSync(2, update),
    askAgain() {
      const answer = nextAnswer()
      ask()
      return answer
    },
    close: () => socket.terminate(),
  }
}

/** Bytes of the update that a part stands for. */
export function plainLength({ part, length }: SnapshotPart): number {
  return Math.min(snapshotPartBytes, length - part * snapshotPartBytes)
}

const nothing = Uint8Array.of(0, 0)
const diffs = new WeakMap<Uint8Array, Map<string, Uint8Array>>()

/** Hundreds that hold the same are asked for the same. */
function diff(update: Uint8Array, stateVector: Uint8Array): Uint8Array {
  const known = diffs.get(update) ?? new Map<string, Uint8Array>()
  diffs.set(update, known)
  const key = Buffer.from(stateVector).toString('latin1')
  const made = known.get(key) ?? Y.diffUpdate(update, stateVector)
  known.set(key, made)
  return made
}
