// Frames made by hand, read by a real websocket beside those that the library writes to the same socket.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { frameMessage } from './websocket-frame.ts'

test('messages of every length class arrive whole and in order, between those of the library', async () => {
  const sent = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000].map((length) => new Uint8Array(length).fill(length % 251))
  const http = createServer()
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  http.on('upgrade', (request, stream, head) => {
    sockets.handleUpgrade(request, stream, head, (socket) => {
      for (const message of sent) {
        stream.write(frameMessage(message))
        socket.send(message)
      }
      socket.close()
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  const received: Uint8Array[] = []
  client.on('message', (message: Buffer, isBinary) => {
    expect(isBinary).toBe(true)
    received.push(new Uint8Array(message))
  })
  const [code] = (await once(client, 'close')) as [number]
  http.close()
  expect(code).toBe(1005)
  expect(received).toEqual(sent.flatMap((message) => [message, message]))
})
