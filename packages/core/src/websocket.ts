// `@tierbook/core/websocket`: sync with a server over a websocket.
export { webSocket, type WebSocketSyncOptions } from './sync/websocket.ts'
