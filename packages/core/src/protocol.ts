// Entry point `@tierbook/core/protocol`: what travels between an app and its server.
export type {
  AccessGrant,
  ApiErrorBody,
  ApiErrorCode,
  InviteDescription,
  InviteGrant,
  InviteRequest,
  JoinRequest,
  Member,
  MemberDevice,
  MemberList,
  RevokeRequest,
  RoleRequest,
  ServerDescription,
} from './protocol/api.ts'
export { decodeDurable, type DurableMessage, encodeDurable, type RefusedRange } from './protocol/durable.ts'
export { type ChainRow, hashChainRow } from './protocol/chain-row.ts'
export {
  decodeHeadPage,
  decodeHeadRequest,
  encodeHeadPage,
  encodeHeadRequest,
  type HeadPage,
  headText,
  type ServerHead,
} from './protocol/head.ts'
export {
  decodeReceiptPage,
  decodeReceiptRequest,
  encodeReceiptPage,
  encodeReceiptRequest,
  type Receipt,
  type ReceiptPage,
  type ReceiptPosition,
} from './protocol/receipts.ts'
export { type Role, roles } from './protocol/roles.ts'
export { decodeServerFacts, encodeServerFacts, type ServerFacts } from './protocol/server-facts.ts'
export {
  decodeSnapshotPart,
  encodeSnapshotPartHead,
  maxPackedSnapshotBytes,
  type SnapshotPart,
  snapshotPartBytes,
  snapshotParts,
} from './protocol/snapshot-part.ts'
export {
  cannotStore,
  closeCode,
  closeReason,
  historyDoubts,
  type HistoryDoubtCode,
  historySubprotocolPrefix,
  messageType,
  packedSubprotocol,
  readRetryMs,
  retryReason,
  subprotocol,
  tokenSubprotocolPrefix,
} from './protocol/wire.ts'
