// The log as a file: one entry a line, keys in one order, so that two exports of one log are the same bytes.
import type { ChangeList } from '@tierbook/core'
import { downloadText } from '#lib/ui/download-text.ts'
import { fileNameOf } from '#lib/ui/file-name.ts'

/** JSON Lines, newest entry first. */
export function changesToJsonLines(changes: ChangeList): string {
  const lines: string[] = []
  for (const change of changes.slice(0, changes.length)) {
    const { id, action, kind, at, by, byName, device, n, subject, clientName, from, to, effectiveOn, reason, fields } =
      change
    const retractedBy = change.retracted?.entry ?? null
    const recordedAt = new Date(at).toISOString()
    const entry = {
      action,
      by,
      byName,
      clientName,
      device,
      effectiveOn,
      fields,
      from,
      id,
      kind,
      n,
      reason,
      recordedAt,
      retractedBy,
      subject,
      to,
    }
    lines.push(JSON.stringify(entry))
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** Saves the entries as a file. */
export function downloadChanges(changes: ChangeList, book: string): void {
  downloadText(fileNameOf(book, 'log.jsonl'), changesToJsonLines(changes), 'application/jsonl;charset=utf-8')
}
