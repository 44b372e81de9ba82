// The limit: a bare `ws` server that passes each frame on to the others in the room and does nothing else.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { answerParent } from './answer-parent.ts'

const rooms = new Map<string, Set<WebSocket>>()
const http = createServer()
const sockets = new WebSocketServer({ server: http })
sockets.on('connection', (socket, request) => {
  const name = request.url ?? '/'
  const room = rooms.get(name) ?? new Set()
  rooms.set(name, room.add(socket))
  socket.on('message', (frame: Buffer) => {
    for (const other of room) if (other !== socket) other.send(frame)
  })
  socket.on('close', () => room.delete(socket))
})
http.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  answerParent({ port: (http.address() as AddressInfo).port, stop: () => Promise.resolve() })
})
