// Verifies or exports a log beside the page: hashing a hundred thousand texts takes seconds.
import { exportAudit, type LogVerification, verifyLog } from '@tierbook/core/audit'

/** Elements come in pieces, then what is wanted of them. */
export type ToLogWorker =
  { readonly elements: readonly unknown[] } | { readonly book: string; readonly wanted: 'verification' | 'export' }

const elements: unknown[] = []

addEventListener('message', ({ data }: MessageEvent<ToLogWorker>) => {
  if ('elements' in data) elements.push(...data.elements)
  else void answer(data.book, data.wanted)
})

async function answer(book: string, wanted: 'verification' | 'export'): Promise<void> {
  const made: LogVerification | Blob =
    wanted === 'export'
      ? new Blob([...exportAudit({ book, elements })], { type: 'application/jsonl' })
      : await verifyLog({ book, elements })
  postMessage(made)
}
