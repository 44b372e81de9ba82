// `@tierbook/core/websocket`: sync with a server over a websocket, and who is there.
export { createPresence, type Presence, PresenceState } from './sync/presence.ts'
export { webSocket, type WebSocketSyncOptions } from './sync/websocket.ts'
