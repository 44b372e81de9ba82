// Test support: a way to a database that can be cut, for what goes over it alone.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Cutter {
  readonly port: number
  /** Ends every connection through it and refuses new ones. */
  cut(): void
  join(): void
  close(): Promise<void>
}

/** Stands between nodes and the database for hints alone. */
export async function openCutter(to: number): Promise<Cutter> {
  const sockets = new Set<Socket>()
  let isCut = false
  const proxy = createServer((socket) => {
    socket.on('error', () => {})
    if (isCut) return socket.destroy()
    const upstream = connect(to, '127.0.0.1')
    upstream.on('error', () => {})
    sockets.add(socket)
    socket.pipe(upstream).pipe(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      upstream.destroy()
    })
    upstream.on('close', () => socket.destroy())
    return undefined
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    cut() {
      isCut = true
      for (const socket of sockets) socket.destroy()
    },
    join() {
      isCut = false
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
