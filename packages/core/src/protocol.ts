// What travels on the websocket at `/sync/<book>`: y-websocket's messages 0–3 unchanged, ours from 100 on, and the close codes.

/** First byte of a message. 0–3 are y-websocket's; a stock provider never sends or gets the others. */
export const messageType = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  /** Server → client, lib0 encoding: varUint n, then n × (varUint Yjs client id, varUint next clock): these clocks are on the server's disk.
   * An empty one (n = 0) is sent after 15 s of silence: y-websocket takes 30 s without a message for a dead connection. */
  durable: 100,
} as const

/** Websocket subprotocol of our own client; it asks for {@link messageType.durable}. */
export const subprotocol = 'tierbook.v1'
/** Prefix of the subprotocol that carries the token, so that no URL holds a secret: `tierbook.token.<jwt>`. */
export const tokenSubprotocolPrefix = 'tierbook.token.'

/** 4400–4499 are final: stop and say why. 1012 and 1013 mean come back later. */
export const closeCode = {
  restart: 1012,
  tryAgainLater: 1013,
  malformed: 4400,
  signInAgain: 4401,
  notAllowed: 4403,
  noSuchBook: 4404,
  otherGeneration: 4409,
  tooLarge: 4413,
  refused: 4422,
} as const

/** Roles a token can carry. */
export const roles = ['owner', 'editor', 'viewer'] as const
/** What a token's bearer may do: owners and editors write, owners also invite; viewers read. */
export type Role = (typeof roles)[number]
