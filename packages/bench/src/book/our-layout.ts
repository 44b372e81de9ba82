// The facts in Tierbook's layout: describing fields under flat keys, each action as canonical JSON text, written as the commands write them.
import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import type { Action } from '../../../core/src/schema/action.ts'
import { actionToText } from '../../../core/src/schema/action-text.ts'
import type { KnownEntry } from '../../../core/src/schema/entries.ts'
import { withSignature } from '../../../core/src/log/signed-text.ts'
import { bytesToBase64Url, createSessionId } from '../../../core/src/schema/ids.ts'
import { writeReports } from '../../../core/src/schema/activity-report.ts'
import type { BookFacts, Edit, SessionFact } from './facts.ts'
import { createRandom } from './random.ts'

const editsPerTransaction = 50 // one transaction each makes the same structs and takes a hundred times as long

/** Signs as one device: gives its public key, and signatures of what it is given; both as base64url. */
export interface DeviceKey {
  readonly publicKey: string
  sign(text: string): string
}

/** Writes `facts` session by session, each under a Yjs client id of its own; `keyFor` gives the key of each session's device, where actions are signed. */
export function buildOurBook(facts: BookFacts, seed: number, keyFor?: () => DeviceKey): Y.Doc {
  const random = createRandom(seed + 1)
  const doc = new Y.Doc({ gc: true })
  const roots = {
    clients: doc.getMap('clients'),
    activity: doc.getArray<string>('activity'),
    meta: doc.getMap('meta'),
    log: doc.getArray<string>('log'),
  }
  const heads = createHeads()
  const reported = new Map<string, number>()
  let n = 0

  for (const session of facts.sessions) {
    doc.clientID = 1_000_000 + random.below(4_000_000_000)
    const sessionId = createSessionId((bytes) => random.bytes(bytes.length))
    const device = bytesToBase64Url(random.bytes(16))
    const actor = facts.actors[session.actor] ?? { id: device, name: 'Nobody' }
    let sequence = 0
    let prev: string | null = null
    const key = keyFor?.()

    const append = (at: number, entries: readonly KnownEntry[]) => {
      const action: Action = { v: 1, id: `${sessionId}.${sequence++}`, n: ++n, at, by: actor.id, device, prev, entries }
      const bare = actionToText(action)
      const text = key ? withSignature(bare, key.sign(bare)) : bare
      prev = createHash('sha256').update(text).digest('base64url')
      roots.log.insert(roots.log.length, [text])
      return action.id
    }

    for (const reports of byHour(session.activity)) reportActivity(doc, reports, reported)
    if (session.edits.length === 0) continue
    const startedAt = session.edits[0]?.at ?? 0
    doc.transact(() => {
      const said = key ? { publicKey: key.publicKey } : {}
      const entries: KnownEntry[] = [{ kind: 'device.added', subject: device, actorName: actor.name, ...said }]
      if (n === 0) {
        roots.meta.set('schema', 1)
        entries.unshift({
          kind: 'book.created',
          subject: 'book',
          name: 'A large book',
          timeZone: 'Europe/Berlin',
          currency: 'EUR',
        })
      }
      append(startedAt, entries)
    })
    inBatches(doc, session.edits, ({ at, place, edit }) => {
      for (const [key, value] of describedBy(edit)) roots.clients.set(key, value)
      const entries = entriesOf(edit, heads)
      heads.note(edit, place, append(at, entries))
    })
  }
  return doc
}

function describedBy(edit: Edit): [string, string][] {
  if (edit.kind === 'rename') return [[`${edit.client}/name`, edit.name]]
  if (edit.kind === 'reference') return [[`${edit.client}/externalRef`, edit.externalRef]]
  if (edit.kind !== 'add') return []
  return edit.rows.flatMap(({ client: { id, name, createdOn, externalRef } }) => [
    [`${id}/name`, name] as [string, string],
    [`${id}/createdOn`, createdOn] as [string, string],
    ...(externalRef === null ? [] : [[`${id}/externalRef`, externalRef] as [string, string]]),
  ])
}

type Heads = ReturnType<typeof createHeads>

function entriesOf(edit: Edit, heads: Heads): KnownEntry[] {
  switch (edit.kind) {
    case 'add':
      return edit.rows.flatMap(({ client: { id, name, createdOn, externalRef }, tier }): KnownEntry[] => [
        { kind: 'client.added', subject: id, name, createdOn, ...(externalRef === null ? {} : { externalRef }) },
        { kind: 'tier.assigned', subject: id, tier, effectiveOn: createdOn, after: [] },
      ])
    case 'rename':
      return [{ kind: 'client.edited', subject: edit.client, name: edit.name }]
    case 'reference':
      return [{ kind: 'client.edited', subject: edit.client, externalRef: edit.externalRef }]
    case 'assign':
      return [
        {
          kind: 'tier.assigned',
          subject: edit.client,
          tier: edit.tier,
          effectiveOn: edit.effectiveOn,
          after: heads.of(edit.client),
          ...reasonOf(edit),
        },
      ]
    case 'end':
      return [
        {
          kind: 'client.ended',
          subject: edit.client,
          effectiveOn: edit.effectiveOn,
          after: heads.of(edit.client),
          ...reasonOf(edit),
        },
      ]
    case 'resume':
      return [
        {
          kind: 'client.resumed',
          subject: edit.client,
          effectiveOn: edit.effectiveOn,
          after: heads.of(edit.client),
          ...reasonOf(edit),
        },
      ]
    case 'undo':
      return [{ kind: 'entry.retracted', subject: edit.client, target: heads.at(edit.undoes) }]
  }
}

function reasonOf({ reason }: { reason: string | null }) {
  return reason === null ? {} : { reason }
}

/** Which entry a client's next tier entry builds upon. */
function createHeads() {
  const byClient = new Map<string, string[]>()
  const byPlace = new Map<number, string>()
  return {
    of: (client: string) => byClient.get(client)?.slice(-1) ?? [],
    at: (place: number) => byPlace.get(place) ?? '',
    note(edit: Edit, place: number, action: string) {
      const entry = `${action}/0`
      byPlace.set(place, entry)
      if (edit.kind === 'add')
        edit.rows.forEach(({ client }, row) => byClient.set(client.id, [`${action}/${2 * row + 1}`]))
      else if (edit.kind === 'undo') byClient.get(edit.client)?.pop()
      else if (edit.kind === 'assign' || edit.kind === 'end' || edit.kind === 'resume')
        byClient.get(edit.client)?.push(entry)
    },
  }
}

/** A feed reports once an hour what it saw in it. */
function byHour(activity: SessionFact['activity']): Map<string, number>[] {
  const hours = new Map<number, Map<string, number>>()
  for (const { client, at } of activity) {
    const hour = Math.floor(at / 3_600_000)
    const reports = hours.get(hour) ?? new Map<string, number>()
    hours.set(hour, reports.set(client, at))
  }
  return [...hours.values()]
}

function reportActivity(doc: Y.Doc, reports: ReadonlyMap<string, number>, reported: Map<string, number>): void {
  const list = doc.getArray<string>('activity')
  const length = list.toArray().reduce((sum, text) => sum + text.length, 0)
  const { texts, replaces } = writeReports(reports, reported, { count: list.length, length })
  doc.transact(() => {
    if (replaces > 0) list.delete(0, replaces)
    list.push([...texts])
  })
  for (const [client, at] of reports) reported.set(client, at)
}

function inBatches<T>(doc: Y.Doc, items: readonly T[], write: (item: T) => void): void {
  for (let from = 0; from < items.length; from += editsPerTransaction) {
    doc.transact(() => {
      items.slice(from, from + editsPerTransaction).forEach(write)
    })
  }
}
