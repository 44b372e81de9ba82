// What one document's log has and another's lacks, and how to write it there again: the identical text, with the fields that it described (LG6).
import type * as Y from 'yjs'
import { visitAll } from '../log/log-items.ts'
import { compareActions } from '../log/logged-action.ts'
import { readElement } from '../log/read-actions.ts'
import type { Described } from '../commands/draft.ts'
import type { Action } from '../schema/action.ts'
import type { AnyEntry } from '../schema/entries.ts'

/** An action that a document lacks. */
export interface LackingAction {
  readonly id: string
  readonly by: string
  readonly text: string
  /** Fields that it described last, written with it, since nothing else accounts for them (AD5). */
  readonly describe: readonly Described[]
}

/** The actions of `from` that `to` lacks, in log order. Costs a reading of both logs. */
export function findLacking(from: Y.Doc, to: Y.Doc): readonly LackingAction[] {
  const [ours, theirs] = [readLog(from), readLog(to)]
  const lacking = [...ours.values()].filter(({ action }) => !theirs.has(action.id))
  if (lacking.length === 0) return []
  lacking.sort((a, b) => compareActions(a.action, b.action))
  const latest = latestDescribing([...theirs.values(), ...lacking])
  return lacking.map(({ action, text }) => ({
    id: action.id,
    by: action.by,
    text,
    describe: describedKeys(action)
      .filter(({ root, key }) => latest.get(`${root}/${key}`)?.id === action.id)
      .flatMap((place) => describedBy(from, place)),
  }))
}

/** Writes actions into `doc` as they were, each with its fields. */
export function writeAgain(doc: Y.Doc, actions: readonly LackingAction[]): void {
  const log = doc.getArray<string>('log')
  for (const { describe, text } of actions) {
    for (const { root, key, value } of describe) doc.getMap(root).set(key, value)
    log.insert(log.length, [text])
  }
}

interface ReadAction {
  readonly action: Action
  readonly text: string
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

interface DescribedPlace {
  readonly root: Described['root']
  readonly key: string
  /** What the entry says of the field; a note it does not say. */
  readonly said: unknown
}

/** Where two actions describe the same field, only the later one may write it. */
function latestDescribing(actions: readonly ReadAction[]): ReadonlyMap<string, Action> {
  const latest = new Map<string, Action>()
  for (const { action } of actions) {
    for (const { root, key } of describedKeys(action)) {
      const known = latest.get(`${root}/${key}`)
      if (!known || compareActions(known, action) < 0) latest.set(`${root}/${key}`, action)
    }
  }
  return latest
}

const describingKinds: ReadonlySet<string> = new Set([
  'book.created',
  'book.edited',
  'client.added',
  'client.edited',
  'tier.added',
  'tier.edited',
  'view.saved',
])

const describedRoots: Readonly<Record<string, Described['root']>> = { client: 'clients', tier: 'tiers', view: 'views' }

function describedKeys(action: Action): readonly DescribedPlace[] {
  return action.entries.flatMap((entry) => keysOf(entry))
}

function keysOf(entry: AnyEntry): readonly DescribedPlace[] {
  if (!describingKinds.has(entry.kind)) return []
  const fields = Object.keys(entry).filter((field) => field !== 'kind' && field !== 'subject')
  if (entry.kind.startsWith('book.')) {
    // The founding action writes the schema's number, too.
    const keys = entry.kind === 'book.created' ? [...fields, 'schema'] : fields
    return keys.map((key) => ({ root: 'meta', key, said: entry[key] }))
  }
  const root = describedRoots[entry.kind.slice(0, entry.kind.indexOf('.'))] ?? 'tiers'
  return fields.map((field) => ({
    root,
    key: `${entry.subject}/${field}`,
    said: field === 'note' ? undefined : entry[field],
  }))
}

/**
 * What the entry says, rather than what the document shows: that may be what a refused action had written at the same time, and this one would be refused
 * for it.
 */
function describedBy(doc: Y.Doc, { root, key, said }: DescribedPlace): readonly Described[] {
  const fields = doc.getMap(root)
  if (!fields.has(key)) return []
  const value: unknown = said === undefined ? fields.get(key) : said
  if (typeof value !== 'string' && typeof value !== 'number' && value !== null) return []
  return [{ root, key, value }]
}
