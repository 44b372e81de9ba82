// Finds the client that a row of an import is about: by what other systems call it, else by its name.
import type { ClientRow } from '../book.ts'
import type { CommandContext } from './draft.ts'
import type { RowFields } from './import-row.ts'
import { indexOtherRefs, refKey } from './other-refs.ts'

/** Several clients have the name, or the references are not of one client. */
export type Unclear = 'ambiguous' | 'several-clients'

/** Answers for row after row, of the book as it is now. */
export interface LookUp {
  find(fields: RowFields): ClientRow | Unclear | undefined
  /** As the book spells a system's name, where it has it. */
  spell(system: string): string
}

/**
 * The external reference and those of systems come first, and must be of one client. A reference that is nobody's own may be what one client is called in
 * any system: files seldom say whose numbers they have. Then a name decides that one client has, unless it has another id where the row has one.
 */
export function createLookUp({ projection }: CommandContext): LookUp {
  const { refs, byId, spellings } = indexOtherRefs(projection)
  const byName = new Map<string, ClientRow[]>()
  for (const row of projection.rows.values()) {
    const key = row.name.toLowerCase()
    const others = byName.get(key)
    if (others) others.push(row)
    else byName.set(key, [row])
  }

  function byReference({ externalRef, otherRefs }: RowFields): ReadonlySet<string> {
    const own = externalRef === undefined ? undefined : projection.clientIdByExternalRef(externalRef)
    const named = Object.entries(otherRefs).map(([system, id]) => refs.get(refKey(system, id)))
    const found = new Set([own, ...named].filter((id) => id !== undefined))
    return found.size > 0 || externalRef === undefined ? found : (byId.get(externalRef) ?? found)
  }

  return {
    find(fields) {
      const [found, ...others] = byReference(fields)
      if (others.length > 0) return 'several-clients'
      if (found !== undefined) return projection.rows.get(found)
      const named = (byName.get(fields.name.toLowerCase()) ?? []).filter((row) => !contradicts(row, fields))
      return named.length > 1 ? 'ambiguous' : named[0]
    },
    spell: (system) => spellings.get(system.toLowerCase()) ?? system,
  }
}

function contradicts(row: ClientRow, { externalRef, otherRefs }: RowFields): boolean {
  if (externalRef !== undefined && row.externalRef !== null) return true
  const systems = new Set(row.otherRefs?.map(({ system }) => system.toLowerCase()))
  return Object.keys(otherRefs).some((system) => systems.has(system.toLowerCase()))
}
