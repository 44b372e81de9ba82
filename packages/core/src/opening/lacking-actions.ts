// What one document's log has and another's lacks, and how to write it there again: the identical text, with the fields that it described (LG6).
import type * as Y from 'yjs'
import { visitAll } from '../log/log-items.ts'
import { compareActions } from '../log/logged-action.ts'
import { readElement } from '../log/read-actions.ts'
import type { Described } from '../commands/draft.ts'
import type { Action } from '../schema/action.ts'
import { createId } from '../schema/ids.ts'
import type { JournalRecord } from '../storage/storage.ts'
import {
  againPrefix,
  alsoJournaled,
  type DescribedPlace,
  placesOf,
  type WrittenAt,
  writtenIn,
} from './described-places.ts'

/** An action that a document lacks. */
export interface LackingAction {
  readonly id: string
  readonly by: string
  readonly text: string
  /** Fields that it described, written with it, since nothing else accounts for them (AD5). */
  readonly describe: readonly Described[]
  /** A note of it could not be found: the log says that there is one, and the text stands in fields only. */
  readonly lacksNote: boolean
}

/** An action as a log has it. */
export interface ReadAction {
  readonly action: Action
  readonly text: string
}

/** The actions of `from` that `to` lacks, in log order. Costs a reading of both logs. `journal` may have notes that `from` shows no more. */
export function findLacking(from: Y.Doc, to: Y.Doc, journal: readonly JournalRecord[] = []): readonly LackingAction[] {
  return lackingOf([...readLog(from).values()], to, alsoJournaled(writtenIn(from), journal))
}

/**
 * Those of `actions` that `to` lacks, in log order, each with the fields that no later action of `to` describes. Of those that are lacking each brings its own:
 * the later one may be refused, or never come.
 */
export function lackingOf(actions: readonly ReadAction[], to: Y.Doc, writtenAt: WrittenAt): readonly LackingAction[] {
  const theirs = readLog(to)
  const lacking = actions.filter(({ action }) => !theirs.has(action.id))
  if (lacking.length === 0) return []
  lacking.sort((a, b) => compareActions(a.action, b.action))
  const described = latestDescribing([...theirs.values()])
  const latest = latestDescribing([...theirs.values(), ...lacking])
  return lacking.map(({ action, text }) => {
    const places = placesOf(action).filter(({ root, key }) => {
      const known = described.get(`${root}/${key}`)
      return !known || compareActions(known, action) < 0
    })
    const isLatest = ({ root, key }: DescribedPlace) => latest.get(`${root}/${key}`)?.id === action.id
    const values = places.map((place) => writtenAt(action, place))
    return {
      id: action.id,
      by: action.by,
      text,
      describe: places.flatMap((place, at) => toDescribed(place, values[at])),
      lacksNote: places.some((place, at) => place.said === undefined && values[at] === undefined && isLatest(place)),
    }
  })
}

/** Writes actions into `doc` as they were, each with its fields. */
export function writeAgain(doc: Y.Doc, actions: readonly LackingAction[]): void {
  const log = doc.getArray<string>('log')
  for (const { describe, text } of actions) {
    for (const { root, key, value } of describe) doc.getMap(root).set(key, value)
    log.insert(log.length, [text])
  }
}

/**
 * As {@link writeAgain}, and gives the journal's records of it. Each action is a transaction of its own: in one, a note that a later action writes over
 * would be in no record, and in no log either.
 */
export function writeJournaled(
  doc: Y.Doc,
  actions: readonly LackingAction[],
  origin: object,
): readonly JournalRecord[] {
  const records: JournalRecord[] = []
  const note = (update: Uint8Array) => records.push({ id: `${againPrefix}${createId()}`, update })
  doc.on('update', note)
  for (const action of actions) doc.transact(() => writeAgain(doc, [action]), origin)
  doc.off('update', note)
  return records
}

/** By id; what cannot be read is in the recovery file, and of two texts under one id either tells that the id is there. */
function readLog(doc: Y.Doc): ReadonlyMap<string, ReadAction> {
  const actions = new Map<string, ReadAction>()
  visitAll(doc.getArray('log'), (value) => {
    const read = readElement(value)
    if (read.ok && typeof value === 'string') actions.set(read.action.id, { action: read.action, text: value })
  })
  return actions
}

/** The action that describes each field last, by the field. */
function latestDescribing(actions: readonly ReadAction[]): ReadonlyMap<string, Action> {
  const latest = new Map<string, Action>()
  for (const { action } of actions) {
    for (const { root, key } of placesOf(action)) {
      const known = latest.get(`${root}/${key}`)
      if (!known || compareActions(known, action) < 0) latest.set(`${root}/${key}`, action)
    }
  }
  return latest
}

function toDescribed({ root, key }: DescribedPlace, value: unknown): readonly Described[] {
  if (typeof value !== 'string' && typeof value !== 'number' && value !== null) return []
  return [{ root, key, value }]
}
