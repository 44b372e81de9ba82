// Further external references in entries: the schemas pass fields that they do not know (LG4), and these have names of their own.
import type { Action } from '../schema/action.ts'
import { ExternalRef } from '../schema/entries.ts'
import { systemOf } from '../schema/other-refs.ts'
import { refuse } from './refusal.ts'

/** Refuses a reference that no client can have; only an edit takes one away (AD4). */
export function checkOtherRefs(action: Action): void {
  for (const entry of action.entries) {
    if (entry.kind !== 'client.added' && entry.kind !== 'client.edited') continue
    for (const [field, value] of Object.entries(entry)) {
      if (systemOf(field) === null || (value === null && entry.kind === 'client.edited')) continue
      if (!ExternalRef.safeParse(value).success)
        refuse('invalid-action', `action ${action.id}: ${field}: expected an external reference`)
    }
  }
}
