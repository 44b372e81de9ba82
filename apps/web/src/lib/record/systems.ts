// The systems in which clients of a book have ids.
import type { ClientRow } from '@tierbook/core'

/** Their names, sorted. */
export function systemsOf(rows: Iterable<Pick<ClientRow, 'otherRefs'>>): readonly string[] {
  const systems = new Set<string>()
  for (const { otherRefs } of rows) for (const { system } of otherRefs ?? []) systems.add(system)
  return [...systems].sort((a, b) => a.localeCompare(b))
}
