// Turns one element of the log into an action; what cannot be read is named and hides nothing else (LG4).
import { checkAction, type ParsedAction } from '../schema/action.ts'
import { readCommonAction } from '../schema/common-actions.ts'

/** Reads and checks `value`. */
export function readElement(value: unknown): ParsedAction {
  const common = typeof value === 'string' ? readCommonAction(value) : null
  return common ? { ok: true, action: common } : readUncommon(value)
}

/** Reads and checks what is no common action. */
export function readUncommon(value: unknown): ParsedAction {
  if (typeof value !== 'string') return { ok: false, problem: `expected a text, got ${typeof value}` }
  let json: unknown
  try {
    json = JSON.parse(value)
  } catch {
    return { ok: false, problem: `expected JSON, got ${JSON.stringify(value.slice(0, 80))}` }
  }
  return checkAction(json)
}
