// What both layouts must show for the facts, worked out from the facts alone: benchmarks of wrong answers say nothing.
import type { Book } from '@tierbook/core'
import type * as Y from 'yjs'
import type { BookFacts, Edit } from './facts.ts'

/** What is known about one client on a date. */
export interface ExpectedClient {
  readonly name: string
  readonly tier: string | null
}

/** Name and tier of every client on `date`. */
export function expectedClients(facts: BookFacts, date: string): ReadonlyMap<string, ExpectedClient> {
  const names = new Map<string, string>()
  const edits = new Map<string, Map<number, Edit>>()
  for (const { place, edit } of facts.sessions.flatMap((session) => session.edits)) {
    if (edit.kind === 'add') {
      for (const { client } of edit.rows) {
        names.set(client.id, client.name)
        edits.set(client.id, new Map([[place, edit]]))
      }
    } else if (edit.kind === 'rename') names.set(edit.client, edit.name)
    else if (edit.kind === 'undo') edits.get(edit.client)?.delete(edit.undoes)
    else edits.get(edit.client)?.set(place, edit)
  }
  return new Map([...names].map(([id, name]) => [id, { name, tier: tierOn(id, edits.get(id) ?? new Map(), date) }]))
}

/** Throws unless the open book shows what it must. */
export function checkBook(book: Book, facts: BookFacts): void {
  const expected = expectedClients(facts, book.today())
  const rows = book.clients()
  if (rows.length !== expected.size) throw new Error(`expected ${expected.size} rows, got ${rows.length}`)
  for (const { id, name, tier } of rows) {
    const wanted = expected.get(id)
    if (name !== wanted?.name || tier !== wanted.tier) {
      throw new Error(`client ${id}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify({ name, tier })}`)
    }
  }
  if (book.status.unreadable + book.status.conflicting > 0) throw new Error('the book has unreadable actions')
}

/** Throws unless the naive document has every client under its name, and a log entry for each. */
export function checkNaive(doc: Y.Doc, facts: BookFacts): void {
  const clients = doc.getMap<Y.Map<unknown>>('clients')
  const expected = expectedClients(facts, '2999-12-31')
  for (const [id, { name }] of expected) {
    if (clients.get(id)?.get('name') !== name) throw new Error(`naive client ${id}: expected ${name}`)
  }
  if (clients.size !== expected.size) throw new Error(`expected ${expected.size} naive clients, got ${clients.size}`)
}

/** The latest date not after `date` wins, of one date the later edit; an end cuts until the service is resumed. */
function tierOn(client: string, edits: ReadonlyMap<number, Edit>, date: string): string | null {
  let tier: { on: string; place: number; value: string } | undefined
  let service: { on: string; place: number; value: 'end' | 'resume' } | undefined
  const isLater = (on: string, place: number, than: { on: string; place: number } | undefined) =>
    on <= date && (!than || on > than.on || (on === than.on && place > than.place))
  for (const [place, edit] of edits) {
    if (edit.kind === 'add') {
      const row = edit.rows.find((one) => one.client.id === client)
      if (row && isLater(row.client.createdOn, place, tier)) tier = { on: row.client.createdOn, place, value: row.tier }
    } else if (edit.kind === 'assign') {
      if (isLater(edit.effectiveOn, place, tier)) tier = { on: edit.effectiveOn, place, value: edit.tier }
    } else if (edit.kind === 'end' || edit.kind === 'resume') {
      if (isLater(edit.effectiveOn, place, service)) service = { on: edit.effectiveOn, place, value: edit.kind }
    }
  }
  return service?.value === 'end' ? null : (tier?.value ?? null)
}
