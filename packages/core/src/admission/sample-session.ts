// Test support: a session that writes a document as the commands do, fields first and one action last, in one transaction.
import * as Y from 'yjs'
import type { Action } from '../schema/action.ts'
import { actionToText } from '../schema/action-text.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { bytesToBase64Url } from '../schema/ids.ts'

export interface SampleSession {
  readonly doc: Y.Doc
  readonly actor: string
  /** One transaction; gives its update. */
  write(change: {
    fields?: Record<string, Record<string, unknown>>
    entries?: readonly AnyEntry[]
    action?: Partial<Action>
    text?: string
    reports?: readonly unknown[]
    replaces?: number
  }): Uint8Array
  addClient(client: string, name: string): Uint8Array
  renameClient(client: string, name: string): Uint8Array
  assignTier(client: string, tier: string): Uint8Array
  reportActivity(client: string, at: number): Uint8Array
  /** One report in place of all that are there. */
  replaceReports(reports: Record<string, number>): Uint8Array
  /** Everything of the other document that this one lacks. */
  pull(other: Y.Doc): void
}

/** A readable id: 22 characters made of `name`. */
export function sampleId(name: string): string {
  return name.padEnd(22, '0').slice(0, 22)
}

export function createSampleSession(options: { actor?: string; clientId?: number; gc?: boolean } = {}): SampleSession {
  const doc = new Y.Doc({ gc: options.gc ?? true })
  if (options.clientId !== undefined) doc.clientID = options.clientId
  const actor = options.actor ?? sampleId('alice')
  const session = bytesToBase64Url(crypto.getRandomValues(new Uint8Array(8)))
  let sequence = 0
  const log = doc.getArray<string>('log')
  const nextN = () => Math.max(0, ...log.toArray().map((text) => readN(text))) + 1

  const write: SampleSession['write'] = ({ fields = {}, entries, action, text, reports = [], replaces = 0 }) => {
    let update: Uint8Array = new Uint8Array()
    const keep = (bytes: Uint8Array) => (update = bytes)
    doc.once('update', keep)
    doc.transact(() => {
      for (const [root, values] of Object.entries(fields)) {
        for (const [key, value] of Object.entries(values)) doc.getMap(root).set(key, value)
      }
      if (replaces > 0) doc.getArray('activity').delete(0, replaces)
      if (reports.length > 0) doc.getArray('activity').push([...reports])
      if (!entries && text === undefined) return
      const whole = {
        v: 1,
        id: `${session}.${sequence++}`,
        n: nextN(),
        at: 1_764_000_000_000,
        by: actor,
        device: sampleId('laptop'),
        prev: null,
        entries: entries ?? [],
        ...action,
      }
      log.insert(log.length, [text ?? actionToText(whole)])
    })
    return update
  }
  return {
    doc,
    actor,
    write,
    addClient: (client, name) =>
      write({
        fields: { clients: { [`${client}/name`]: name, [`${client}/createdOn`]: '2026-11-22' } },
        entries: [
          { kind: 'client.added', subject: client, name, createdOn: '2026-11-22' },
          { kind: 'tier.assigned', subject: client, tier: 'starter', effectiveOn: '2026-11-22', after: [] },
        ],
      }),
    renameClient: (client, name) =>
      write({
        fields: { clients: { [`${client}/name`]: name } },
        entries: [{ kind: 'client.edited', subject: client, name }],
      }),
    assignTier: (client, tier) =>
      write({ entries: [{ kind: 'tier.assigned', subject: client, tier, effectiveOn: '2026-12-01', after: [] }] }),
    reportActivity: (client, at) => write({ reports: [JSON.stringify({ [client]: at })] }),
    replaceReports: (reports) =>
      write({ reports: [JSON.stringify(reports)], replaces: doc.getArray('activity').length }),
    pull: (other) => Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc))),
  }
}

function readN(text: string): number {
  try {
    return Number((JSON.parse(text) as { n?: unknown }).n) || 0
  } catch {
    return 0
  }
}
