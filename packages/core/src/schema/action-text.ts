// Writes actions as the one text that stands in the log. Apart from reading them: whoever only looks at a book needs no writer.
import canonicalize from 'canonicalize'
import type { Action } from './action.ts'

/** The one text of an action: canonical JSON, the exact bytes that are hashed and compared. */
export function actionToText(action: Action): string {
  const text = canonicalize(action)
  if (text === undefined) throw new Error(`action ${action.id} has no canonical JSON form`)
  return text
}
