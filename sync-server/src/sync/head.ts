// Answers a device that compares the server's history with the one it remembers: pages of the chain, the last with the signed head.
import { encodeHeadPage } from '@tierbook/core/protocol'
import type { SignHead } from '../identity/sign-head.ts'
import type { ServerStorage } from '../storage/storage.ts'

/** Rows of one page: some 200 KiB. */
const rowsPerPage = 2_000

/** The page behind `position`; where that is of another generation, beyond the end or 0, the head alone. */
export async function writeHeadPage(
  { storage, signHead }: { storage: Pick<ServerStorage, 'chain'>; signHead: SignHead },
  { book, generation, seq, head }: { book: string; generation: number; seq: number; head: Uint8Array },
  position: { generation: number; seq: number },
): Promise<Uint8Array> {
  const isBehind = position.generation === generation && position.seq < seq
  const from = isBehind ? position.seq : seq
  const rows = []
  if (isBehind) {
    for await (const row of storage.chain(book, { after: from })) {
      rows.push(row)
      if (rows.length === rowsPerPage) break
    }
  }
  const to = from + rows.length
  return encodeHeadPage({
    generation,
    from,
    to,
    rows,
    head: to === seq ? signHead(book, { generation, seq, head }) : null,
  })
}
