// Actions that are set aside: their texts as they stood in the log, and what of their fields no text says.
import { parseAction } from '../schema/action.ts'
import { createId } from '../schema/ids.ts'
import type { SetAside } from '../storage/storage.ts'
import type { WrittenAt } from './described-places.ts'
import type { LackingAction, ReadAction } from './lacking-actions.ts'

/** Makes what is set aside of `actions`. */
export function actionsAside(
  actions: readonly LackingAction[],
  why: Pick<SetAside, 'at' | 'reason' | 'code'>,
): SetAside {
  const notes = actions.flatMap(({ id, describe }) =>
    describe
      .filter(({ root, key }) => root === 'clients' && key.endsWith('/note'))
      .map(({ key, value }) => [nameOf(id, key), value] as const),
  )
  return {
    id: createId(),
    kind: 'actions',
    ...why,
    texts: actions.map(({ text }) => text),
    ...(notes.length > 0 ? { notes: Object.fromEntries(notes) } : {}),
  }
}

/** The actions of an item. */
export function actionsOf({ texts = [] }: SetAside): readonly ReadAction[] {
  return texts.flatMap((text) => {
    const parsed = parseAction(text)
    return parsed.ok ? [{ action: parsed.action, text }] : []
  })
}

/** What an item's actions wrote: fields that only a newer version knows stay unwritten. */
export function writtenAside({ notes = {} }: SetAside): WrittenAt {
  return ({ id }, { key, said, isKnown }) => (said === undefined ? notes[nameOf(id, key)] : isKnown ? said : undefined)
}

const nameOf = (action: string, key: string): string => `${action} ${key}`
