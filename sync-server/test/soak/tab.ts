// A tab that holds only how far it is: hundreds of them follow a book at little cost, as y-websocket's protocol has it.
import { messageType, readRetryMs, subprotocol, tokenSubprotocolPrefix } from '@tierbook/core/protocol'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocket } from 'ws'
import * as Y from 'yjs'

export interface Tab {
  /** Yjs client id → next clock of what it was sent. */
  readonly clocks: ReadonlyMap<number, number>
  /** Yjs client ids of whom it sees. */
  readonly sees: ReadonlySet<number>
  readonly client: number
  readonly isOnline: boolean
  /** When its connection was opened, on the clock of `performance.now()`; null without one. */
  readonly connectedAt: number | null
  /** Resolves when something of the above has changed. */
  changed(): Promise<void>
  /** Stops reading, as a sleeping laptop does; gives how to wake it. */
  stopReading(): () => void
  close(): void
}

export function openTab(options: { url: string; token: string; client: number; random: () => number }): Tab {
  const { client, random } = options
  const clocks = new Map<number, number>()
  const sees = new Set<number>()
  const presenceClocks = new Map<number, number>()
  let waiting: (() => void)[] = []
  let socket: WebSocket
  let clock = 0
  let isOnline = false
  let connectedAt: number | null = null
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  const tell = () => {
    const all = waiting
    waiting = []
    for (const resolve of all) resolve()
  }

  const dial = () => {
    socket = new WebSocket(options.url, [subprotocol, tokenSubprotocolPrefix + options.token])
    socket.on('open', () => {
      connectedAt = performance.now()
      socket.send(syncStep1(clocks))
    })
    socket.on('message', (message: Buffer) => {
      take(new Uint8Array(message))
      tell()
    })
    socket.on('error', () => {}) // its close follows
    socket.on('close', (code, reason) => {
      isOnline = false
      connectedAt = null
      sees.clear()
      presenceClocks.clear()
      tell()
      if (isClosed) return
      if (code >= 4400) throw new Error(`a tab was sent away for good: ${code} ${reason.toString()}`)
      const least = code === 1013 ? readRetryMs(reason.toString()) : 0
      timer = setTimeout(dial, least + random() * Math.max(least, 400))
    })
  }
  const take = (frame: Uint8Array) => {
    const decoder = decoding.createDecoder(frame)
    const type = decoding.readVarUint(decoder)
    if (type === messageType.awareness) return see(decoding.readVarUint8Array(decoder))
    if (type !== messageType.sync) return
    const step = decoding.readVarUint(decoder)
    const body = decoding.readVarUint8Array(decoder)
    if (step === 0) return socket.send(nothingToGive)
    for (const [id, next] of Y.parseUpdateMeta(body).to) if (next > (clocks.get(id) ?? 0)) clocks.set(id, next)
    if (step !== 1 || isOnline) return
    isOnline = true
    socket.send(presence(client, ++clock))
  }
  const see = (states: Uint8Array) => {
    const decoder = decoding.createDecoder(states)
    for (let left = decoding.readVarUint(decoder); left > 0; left--) {
      const id = decoding.readVarUint(decoder)
      const at = decoding.readVarUint(decoder)
      const isGone = decoding.readVarString(decoder) === 'null'
      // As y-protocols has it: what is older than what is known is an echo.
      const known = presenceClocks.get(id) ?? -1
      if (at < known || (at === known && !(isGone && sees.has(id)))) continue
      presenceClocks.set(id, at)
      if (isGone) sees.delete(id)
      else sees.add(id)
    }
  }
  dial()

  return {
    clocks,
    sees,
    client,
    get isOnline() {
      return isOnline
    },
    get connectedAt() {
      return connectedAt
    },
    changed: () => new Promise((resolve) => waiting.push(resolve)),
    stopReading() {
      const paused = socket
      paused.pause()
      return () => paused.resume()
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      socket.terminate()
    },
  }
}

function syncStep1(clocks: Map<number, number>): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageType.sync)
  encoding.writeVarUint(encoder, 0)
  encoding.writeVarUint8Array(encoder, Y.encodeStateVector(clocks))
  return encoding.toUint8Array(encoder)
}

/** A sync step 2 with an update that holds nothing. */
const nothingToGive = Uint8Array.from([0, 1, 2, 0, 0])

function presence(client: number, clock: number): Uint8Array {
  const states = encoding.createEncoder()
  encoding.writeVarUint(states, 1)
  encoding.writeVarUint(states, client)
  encoding.writeVarUint(states, clock)
  encoding.writeVarString(states, JSON.stringify({ user: { name: `Tab ${client}` } }))
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageType.awareness)
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(states))
  return encoding.toUint8Array(encoder)
}
