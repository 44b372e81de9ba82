// Entry point `@tierbook/core/protocol`: what travels between an app and its server.
export type {
  AccessGrant,
  ApiErrorBody,
  ApiErrorCode,
  InviteGrant,
  InviteRequest,
  JoinRequest,
  ServerDescription,
} from './protocol/api.ts'
export { decodeDurable, type DurableMessage, encodeDurable, type RefusedRange } from './protocol/durable.ts'
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
export { closeCode, messageType, subprotocol, tokenSubprotocolPrefix } from './protocol/wire.ts'
