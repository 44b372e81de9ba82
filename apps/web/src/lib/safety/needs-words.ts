// Whether something is wrong with keeping or sending the book: the words for it load only then.
import type { BookStatus } from '@tierbook/core'

/** Whether {@link safetyWords} has something to say. */
export function needsWords({ storage, sync, recovery, setAside }: BookStatus): boolean {
  return storage === 'failed' || recovery !== null || setAside > 0 || (storage === 'memory' && sync !== 'none')
}
