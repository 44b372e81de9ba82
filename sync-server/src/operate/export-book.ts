// A book as lines that other programs read: one JSON object for each action, or one CSV row for each entry, in the order of the log (LG3).
import * as Y from 'yjs'
import { type LoggedAction, readActions } from '../storage/logged-actions.ts'
import type { BookRecord, ServerStorage } from '../storage/storage.ts'

/** In which form. */
export const exportFormats = ['jsonl', 'csv'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Gives line after line, each without its end. */
export async function* exportBook(
  storage: ServerStorage,
  { book, seq }: BookRecord,
  { format, onProgress = () => {} }: { format: ExportFormat; onProgress?: (seq: number) => void },
): AsyncGenerator<string> {
  const receivedAt = new Map<string, number>()
  for await (const receipts of storage.receipts(book, { after: 0 })) {
    for (const action of receipts.actions) if (!receivedAt.has(action)) receivedAt.set(action, receipts.receivedAt)
  }
  if (format === 'csv') yield csvColumns.join(',')
  for (const action of await actionsOf(storage, { book, seq, onProgress })) {
    const received = receivedAt.get(action.id) ?? null
    if (format === 'jsonl') yield JSON.stringify({ receivedAt: received, action })
    else yield* csvRows(action, received)
  }
}

/** Each text once; two texts under one id both (LG6). */
async function actionsOf(
  storage: ServerStorage,
  { book, seq, onProgress }: { book: string; seq: number; onProgress: (seq: number) => void },
): Promise<LoggedAction[]> {
  const doc = new Y.Doc()
  const rows: Uint8Array[] = []
  const start = (await storage.logStart(book))?.snapshot
  if (start) rows.push(Buffer.concat(await start.read()))
  for await (const row of storage.updates(book, { from: (start?.seq ?? 0) + 1, to: seq })) {
    if (rows.push(row.bytes) % 1000 === 0) onProgress(row.seq)
  }
  doc.transact(() => {
    for (const bytes of rows) Y.applyUpdate(doc, bytes)
  })
  const actions = readActions([...new Set(doc.getArray('log').toArray())])
  doc.destroy()
  return actions.sort((a, b) => a.n - b.n || (a.id < b.id ? -1 : 1))
}

const csvColumns = ['entry', 'n', 'made_at', 'received_at', 'by', 'device', 'kind', 'subject', 'details'] as const

function* csvRows(action: LoggedAction, received: number | null): Generator<string> {
  for (const [index, { kind, subject, ...details }] of action.entries.entries()) {
    const cells = [
      `${action.id}/${index}`,
      String(action.n),
      timeText(action.at),
      received === null ? '' : timeText(received),
      action.by,
      action.device,
      kind,
      subject,
      JSON.stringify(details),
    ]
    yield cells.map(csvCell).join(',')
  }
}

/** Device clocks may be beyond what a date can say. */
function timeText(at: number): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at)
}

/** RFC 4180; a leading apostrophe keeps spreadsheets from running what begins like a formula. Ids may begin with a minus. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
