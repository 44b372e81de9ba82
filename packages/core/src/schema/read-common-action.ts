// A common action as an object, for those who take actions one at a time.
import type { Action } from './action.ts'
import type { CommonEntry, Span } from './common-action.ts'
import { scanCommonAction } from './common-actions.ts'
import type { AnyEntry } from './entries.ts'
import { dateOfDay } from './plain-date.ts'
import { idLength, sessionLength } from './scan-text.ts'

/** Reads `text` if it is one of the common actions in canonical form; null says nothing about whether it is valid. */
export function readCommonAction(text: string): Action | null {
  const common = scanCommonAction(text)
  if (!common) return null
  const { at, n, header, id, seq, prev, sig, entries, count } = common
  return {
    v: 1,
    id: `${text.slice(id, id + sessionLength)}.${seq}`,
    n,
    at,
    by: header.by,
    device: header.device,
    prev: prev < 0 ? null : text.slice(prev, prev + 43),
    ...(sig < 0 ? {} : { sig: text.slice(sig, sig + 86) }),
    entries: entries.slice(0, count).map((entry) => toEntry(text, entry)),
  }
}

function toEntry(text: string, entry: CommonEntry): AnyEntry {
  const { kind } = entry
  const subject = text.slice(entry.subject, entry.subject + idLength)
  const named = cut(text, entry.named)
  const said = {
    ...(entry.name.from < 0 ? {} : { name: cut(text, entry.name) }),
    ...(entry.externalRef.from < 0 ? {} : { externalRef: cut(text, entry.externalRef) }),
    ...(entry.reason.from < 0 ? {} : { reason: cut(text, entry.reason) }),
  }
  if (kind === 'client.edited') return { kind, subject, ...said }
  if (kind === 'client.added') return { kind, subject, createdOn: dateOfDay(entry.day), ...said }
  if (kind === 'entry.retracted') return { kind, subject, target: named, ...said }
  const event = {
    kind,
    subject,
    effectiveOn: dateOfDay(entry.day),
    after: entry.named.from < 0 ? [] : [named],
    ...said,
  }
  return kind === 'tier.assigned' ? { ...event, tier: entry.tier } : event
}

function cut(text: string, { from, to }: Span): string {
  return text.slice(from, to)
}
