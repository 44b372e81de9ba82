// Declares actions that a server refused, so that the gaps they leave in their sessions are not taken for cuts (LG6).
import { hashText } from '../log/hash-text.ts'
import { parseAction } from '../schema/action.ts'
import type { Draft } from './draft.ts'

/** Far below the most entries of an action. */
const entriesAnAction = 400

/** The drafts that withdraw actions of these texts. */
export function draftWithdrawal(texts: readonly string[]): readonly Draft<string>[] {
  const entries = texts.flatMap((text) => {
    const parsed = parseAction(text)
    return parsed.ok ? [{ kind: 'action.withdrawn' as const, subject: parsed.action.id, hash: hashText(text) }] : []
  })
  return Array.from({ length: Math.ceil(entries.length / entriesAnAction) }, (_, place) => ({
    describe: [],
    entries: entries.slice(place * entriesAnAction, (place + 1) * entriesAnAction),
    value: (action) => action,
  }))
}
