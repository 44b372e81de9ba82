// The log as a file that somebody else can check, with nothing of ours: JSON Lines, one action each, between a head and an end with a digest
// of all lines before it. The format: docs/data-model.md, "Audit export".
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Doc } from 'yjs'
import { hashText } from '../log/hash-text.ts'
import { compareActions } from '../log/logged-action.ts'
import { type LogContents, logContents } from './log-contents.ts'
import { sortIntoSessions } from './sessions.ts'

/**
 * Gives the lines, each with its line feed, in log order; what cannot be read, or comes again with another text, stands last, as it is.
 * @example
 * const file = new Blob([...exportAudit(book)], { type: 'application/jsonl' })
 */
export function* exportAudit(
  book: LogContents | { readonly id: string; readonly doc: Doc },
  options: { readonly now?: () => number } = {},
): Generator<string, void> {
  const log = logContents(book)
  const { sessions, strays } = sortIntoSessions(log.elements)
  const actions = [...sessions.values()].flat().sort((a, b) => compareActions(a.action, b.action))
  const digest = sha256.create()
  const line = (value: object) => {
    const text = `${JSON.stringify(value)}\n`
    digest.update(encoder.encode(text))
    return text
  }
  const exportedAt = new Date((options.now ?? Date.now)()).toISOString()
  yield line({ audit: 1, book: log.book, exportedAt, actions: actions.length, others: strays.length })
  for (const { action, hash, text } of actions) yield line({ action: action.id, hash, text })
  for (const { kind, action, element } of strays)
    yield line(
      kind === 'doubled' ? { action, hash: hashText(String(element)), text: element } : { unreadable: element },
    )
  yield `${JSON.stringify({ end: actions.length + strays.length, sha256: bytesToHex(digest.digest()) })}\n`
}

const encoder = new TextEncoder()
