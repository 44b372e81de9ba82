// Turns one element of the log into an action; what cannot be read is named and hides nothing else (LG4).
import { parseAction, type ParsedAction } from '../schema/action.ts'
import { readCommonAction } from '../schema/read-common-action.ts'

/** Reads and checks `value`. */
export function readElement(value: unknown): ParsedAction {
  const common = typeof value === 'string' ? readCommonAction(value) : null
  return common ? { ok: true, action: common } : parseAction(value)
}
