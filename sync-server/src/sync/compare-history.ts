// Whether the history a device remembers is the one this server has (SY5): asked before anything is merged.
import { historySubprotocolPrefix, type HistoryDoubtCode } from '@tierbook/core/protocol'
import type { BookRecord, ServerStorage } from '../storage/storage.ts'

/** The head that a device was last shown. */
export interface RememberedHead {
  readonly generation: number
  readonly seq: number
  readonly head: string
}

/** Reads it from the subprotocols of a connection; null where the device knows none, or writes nonsense. */
export function readRememberedHead(protocols: readonly string[]): RememberedHead | null {
  const protocol = protocols.find((each) => each.startsWith(historySubprotocolPrefix))
  const parts = /^(\d{1,16})\.(\d{1,16})\.([\w-]{43})$/.exec(protocol?.slice(historySubprotocolPrefix.length) ?? '')
  return parts && { generation: Number(parts[1]), seq: Number(parts[2]), head: parts[3] as string }
}

/** Null where this server's history continues the remembered one; else how it differs, in words that begin with the code. */
export async function doubtHistory(
  storage: Pick<ServerStorage, 'headAt'>,
  record: BookRecord,
  remembered: RememberedHead,
): Promise<{ code: HistoryDoubtCode; reason: string } | null> {
  const doubt = (code: HistoryDoubtCode, words: string) => ({ code, reason: `${code}: ${words}` })
  if (remembered.generation !== record.generation)
    return doubt('other-generation', 'the book was restored or made anew on this server')
  if (remembered.seq > record.seq)
    return doubt('rolled-back', `this server holds ${record.seq} updates, the device was shown ${remembered.seq}`)
  const head = await storage.headAt(record.book, remembered.seq)
  if (head && Buffer.from(head).toString('base64url') === remembered.head) return null
  return doubt('rewritten', `update ${remembered.seq} is not the one that the device was shown`)
}
