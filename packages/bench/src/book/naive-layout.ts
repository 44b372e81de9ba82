// The same facts as one lays out a Yjs document at first: a nested map per client with a tier field, and log entries as objects pushed beside each edit.
import * as Y from 'yjs'
import type { BookFacts, Edit } from './facts.ts'
import { createRandom } from './random.ts'

const editsPerTransaction = 50

/** Writes `facts` session by session, each under a Yjs client id of its own. */
export function buildNaiveBook(facts: BookFacts, seed: number): Y.Doc {
  const random = createRandom(seed + 2)
  const doc = new Y.Doc({ gc: true })
  const clients = doc.getMap<Y.Map<unknown>>('clients')
  const log = doc.getArray<object>('log')
  const tierAfter = new Map<string, (string | null)[]>()

  const write = (actor: string, at: number, place: number, edit: Edit) => {
    const touched = edit.kind === 'add' ? edit.rows.map((row) => row.client.id) : [edit.client]
    for (const [row, client] of touched.entries()) {
      const from = tierAfter.get(client)?.at(-1) ?? null
      const to = takeEdit(clients, tierAfter, edit, row)
      const effectiveOn = 'effectiveOn' in edit ? edit.effectiveOn : null
      const reason = 'reason' in edit ? edit.reason : null
      const id = `${doc.clientID}.${place}${touched.length > 1 ? `.${row}` : ''}`
      // `push` would walk the whole list each time; what it leaves in the document is the same.
      log.insert(log.length, [{ id, at, by: actor, kind: edit.kind, client, from, to, effectiveOn, reason }])
    }
  }

  for (const session of facts.sessions) {
    doc.clientID = 1_000_000 + random.below(4_000_000_000)
    const actor = facts.actors[session.actor]?.id ?? ''
    const steps = [
      ...session.activity.map(
        ({ client, at }) =>
          () =>
            clients.get(client)?.set('lastActivity', at),
      ),
      ...session.edits.map(({ at, place, edit }) => () => {
        write(actor, at, place, edit)
      }),
    ]
    for (let from = 0; from < steps.length; from += editsPerTransaction) {
      doc.transact(() => {
        for (const step of steps.slice(from, from + editsPerTransaction)) step()
      })
    }
  }
  return doc
}

/** Changes one client's map; gives the tier it is on then. */
function takeEdit(
  clients: Y.Map<Y.Map<unknown>>,
  tierAfter: Map<string, (string | null)[]>,
  edit: Edit,
  row: number,
): string | null {
  if (edit.kind === 'add') {
    const added = edit.rows[row]
    if (!added) return null
    const { id, name, createdOn, externalRef } = added.client
    const fields = new Map<string, unknown>([
      ['name', name],
      ['tier', added.tier],
      ['createdOn', createdOn],
      ['lastActivity', null],
    ])
    if (externalRef !== null) fields.set('externalRef', externalRef)
    clients.set(id, new Y.Map(fields))
    tierAfter.set(id, [added.tier])
    return added.tier
  }
  const map = clients.get(edit.client)
  const tiers = tierAfter.get(edit.client) ?? []
  if (edit.kind === 'rename') map?.set('name', edit.name)
  else if (edit.kind === 'reference') map?.set('externalRef', edit.externalRef)
  else {
    if (edit.kind === 'assign') tiers.push(edit.tier)
    else if (edit.kind === 'end') tiers.push(null)
    else if (edit.kind === 'resume') tiers.push(tiers.findLast((tier) => tier !== null) ?? null)
    else tiers.pop()
    map?.set('tier', tiers.at(-1) ?? null)
  }
  return tiers.at(-1) ?? null
}
