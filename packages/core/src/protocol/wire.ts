// The numbers and names on the wire: y-websocket's messages 0–3 unchanged, ours from 100 on, subprotocols and close codes.

/** First byte of a message. 0–3 are y-websocket's; a stock provider never sends or gets the others. */
export const messageType = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  /**
   * Server → client, lib0 encoding: varUint n, then n × (varUint Yjs client id, varUint next clock): these clocks are on the server's disk.
   * May be followed by refusals: varUint m, then m × (varUint client id, varUint from clock, varUint to clock, varString code).
   */
  durable: 100,
  /** Client → server: which receipts it has. Server → client: receipts, action id → time received; see `receipts.ts`. */
  receipts: 101,
  /** Client → server: which head it remembers. Server → client: the rows from there on and the signed head; see `head.ts`. */
  head: 102,
  /** Server → client: varUint 1 while the server can store, varUint 1 where what it acknowledges is on a standby too; see `server-facts.ts`. */
  serverFacts: 103,
  /** Server → client, nothing more: who gets into the book, or as what, has changed. Whoever shows people asks for them again. */
  people: 104,
  /** Server → client that offered {@link packedSubprotocol}: a packed part of the book's snapshot; see `snapshot-part.ts`. */
  snapshotPart: 105,
} as const

/** Websocket subprotocol of our own client; it asks for {@link messageType.durable}. */
export const subprotocol = 'tierbook.v1'
/** Prefix of the subprotocol that carries the token, so that no URL holds a secret: `tierbook.token.<jwt>`. */
export const tokenSubprotocolPrefix = 'tierbook.token.'
/**
 * Prefix of the subprotocol that says which history of the book the device knows: `tierbook.history.<generation>.<seq>.<head>`. A server that
 * has another one closes with {@link closeCode.otherGeneration} before anything is merged (SY5).
 */
export const historySubprotocolPrefix = 'tierbook.history.'

/** Subprotocol of a client that unpacks snapshots itself: it may be sent {@link messageType.snapshotPart}. A server that does not know it sends none. */
export const packedSubprotocol = 'tierbook.packed.gzip'

/** First word of the reason of a close with {@link closeCode.otherGeneration}. */
export const historyDoubts = ['other-generation', 'rolled-back', 'rewritten'] as const
/** How a server's history differs from the one a device was shown: begun anew, shorter, or different at the same place. */
export type HistoryDoubtCode = (typeof historyDoubts)[number]

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

/** Reasons of closes that end the dialling, for whoever says them in words of their own; others may come, and more may follow each. */
export const closeReason = {
  revoked: 'revoked: an owner or the operator signed this device out',
  tokenExpired: 'the access token has expired',
  tokenInvalid: 'the access token is invalid',
  tokenMissing: 'no access token came with the connection',
  otherBook: 'the access token is for another book',
  noSuchBook: 'this server does not hold the book',
  otherOrigin: 'pages of this origin may not connect',
  /** Not the server's: said where a frame was too large for it. */
  tooLarge: 'the changes that wait here are larger than the server takes at once',
} as const

/** First word of the reason of such a close where the server cannot store, or read what is stored: it will be told when that is over. */
export const cannotStore = 'cannot-store'

/** Reason of a close with {@link closeCode.tryAgainLater}: words, and when to come back. */
export function retryReason(words: string, seconds: number): string {
  return `${words}; retry after ${seconds} s`
}

/** The hint of such a reason, in ms; 0 where it has none. */
export function readRetryMs(reason: string): number {
  return Number(/; retry after (\d{1,4}) s$/.exec(reason)?.[1] ?? 0) * 1000
}
