// Turns one element of the log into an action; what cannot be read is named and hides nothing else (LG4).
import { checkAction, type ParsedAction } from '../schema/action.ts'
import { readCommonAction } from '../schema/common-actions.ts'

/** Reads and checks `value`. */
export function readElement(value: unknown): ParsedAction {
  if (typeof value !== 'string') return { ok: false, problem: `expected a text, got ${typeof value}` }
  const common = readCommonAction(value)
  if (common) return { ok: true, action: common }
  let json: unknown
  try {
    json = JSON.parse(value)
  } catch {
    return { ok: false, problem: `expected JSON, got ${JSON.stringify(value.slice(0, 80))}` }
  }
  return checkAction(json)
}
