// The reference server of y-websocket, on LevelDB where YPERSISTENCE names a folder, as its README has it.
import { getPersistence, setupWSConnection } from '@y/websocket-server/utils'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { answerParent } from './answer-parent.ts'

const http = createServer()
const sockets = new WebSocketServer({ server: http })
sockets.on('connection', setupWSConnection)
http.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  answerParent({
    port: (http.address() as AddressInfo).port,
    // Its transactions wait for each other: this one comes after all that were begun.
    stop: async () => {
      const { provider } = (getPersistence() ?? {}) as { provider?: { getStateVector(name: string): Promise<unknown> } }
      await provider?.getStateVector('none')
    },
  })
})
