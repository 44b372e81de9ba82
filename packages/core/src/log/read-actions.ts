// Turns one element of the log into an action; what cannot be read is named and hides nothing else (LG4).
import { type Action, checkAction, type ParsedAction } from '../schema/action.ts'
import { readCommonAction } from '../schema/common-actions.ts'

/** Reads `value`. One that `isChecked` says was checked by an earlier opening is only parsed. */
export function readElement(value: unknown, isChecked: boolean): ParsedAction {
  if (typeof value !== 'string') return { ok: false, problem: `expected a text, got ${typeof value}` }
  const common = readCommonAction(value)
  if (common) return { ok: true, action: common }
  let json: unknown
  try {
    json = JSON.parse(value)
  } catch {
    return { ok: false, problem: `expected JSON, got ${JSON.stringify(value.slice(0, 80))}` }
  }
  return isChecked && isActionShaped(json) ? { ok: true, action: json } : checkAction(json)
}

function isActionShaped(json: unknown): json is Action {
  const action = json as Action | null | undefined
  return typeof action?.id === 'string' && typeof action.n === 'number' && Array.isArray(action.entries)
}
