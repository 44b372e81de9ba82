// Entries that name others of the same writing: their ids are known only once actions are cut and counted.
import type { Draft } from './draft.ts'

/** Stands for the id of an action to come: no session has this name, so no id begins like it. */
export const aheadAction = '~'
const prefix = `${aheadAction}/`

/** Stands in `after` for the id of the tier entry that is the `place`-th of its client in what is written together. */
export function aheadId(place: number): string {
  return `${prefix}${place}`
}

/** The drafts with ids in place of what `aheadId` gave, each of an entry before; `idOf` gives the id of the action that each draft becomes. */
export function nameAhead(drafts: readonly Draft<string>[], idOf: (place: number) => string): readonly Draft<string>[] {
  const written = new Map<string, string[]>()
  return drafts.map((draft, place) => ({
    ...draft,
    entries: draft.entries.map((entry, index) => {
      if (!('after' in entry)) return entry
      const ids = written.get(entry.subject) ?? []
      written.set(entry.subject, ids)
      const after = entry.after.map((id) => (id.startsWith(prefix) ? idOfAhead(ids, id) : id))
      ids.push(`${idOf(place)}/${index}`)
      return { ...entry, after }
    }),
  }))
}

/** Nothing that only stands for an id may get into the log. */
function idOfAhead(ids: readonly string[], ahead: string): string {
  const id = ids[Number(ahead.slice(prefix.length))]
  if (id === undefined) throw new Error(`an entry names ${ahead}, which is not written before it`)
  return id
}
