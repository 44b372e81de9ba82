// What describes one client. The log says it, but for the text of the note: the document's own fields hold what Yjs kept of two writings, and an earlier
// one may stand there after devices handed actions to a server again, or what no entry says.
import type { Map as YMap } from 'yjs'
import type { ActionLog } from '../log/action-log.ts'
import { readAction } from '../log/logged-action.ts'
import type { Action } from '../schema/action.ts'
import { textLimits } from '../schema/entries.ts'
import { type OtherRef, systemOf } from '../schema/other-refs.ts'
import { entryFields, kindNumbers } from './entry-fields.ts'
import type { EntryTable } from './entry-table.ts'
import { compareEntries, entryAt, type LoggedEntry } from './logged-entry.ts'

/** A client's describing fields; empty texts where the log says nothing that fits. */
export interface DescribedFields {
  readonly name: string
  readonly createdOn: string
  readonly externalRef: string | null
  readonly note: string | null
  /** Those of systems whose field holds something. */
  readonly otherRefs?: readonly OtherRef[]
}

const added = kindNumbers.get('client.added')
const edited = kindNumbers.get('client.edited')

/** Reads one client after the other; those of one import stand in one action, which is read once. */
export class DescribedReader {
  readonly #table: EntryTable
  readonly #log: ActionLog
  readonly #clients: YMap<unknown>
  #last: { readonly row: number; readonly action: Action } | null = null

  constructor(parts: { readonly table: EntryTable; readonly log: ActionLog; readonly clients: YMap<unknown> }) {
    this.#table = parts.table
    this.#log = parts.log
    this.#clients = parts.clients
  }

  /** What describes the client with this number in the table. */
  read(client: number): DescribedFields {
    const said = { name: '', createdOn: '', externalRef: null as string | null }
    const refs = new Map<string, string>()
    for (const { entry } of this.#describing(client)) {
      for (const field in entry) {
        const value = entry[field]
        const system = systemOf(field)
        if (system !== null) {
          // Fields of systems are in no schema.
          const id = textOr(value, textLimits.externalRef)
          if (id !== null) refs.set(system, id)
          else if (value === null) refs.delete(system)
        } else if (Object.hasOwn(said, field)) said[field as 'name'] = value as string
      }
    }
    const note = textOr(this.#clients.get(`${this.#table.ids.at(client)}/note`), textLimits.note)
    return { ...said, note, otherRefs: [...refs].map(([system, id]) => ({ system, id })) }
  }

  /** The entries that add or edit a client, in log order. */
  #describing(client: number): readonly LoggedEntry[] {
    const found: LoggedEntry[] = []
    for (const row of this.#table.rowsOf(client)) {
      const kind = this.#table.field(row, entryFields.kind)
      if (kind !== added && kind !== edited) continue
      const action = this.#readAction(this.#table.field(row, entryFields.action))
      const logged = entryAt(action, this.#table.field(row, entryFields.index))
      if (logged) found.push(logged)
    }
    return found.length > 1 ? found.sort(compareEntries) : found
  }

  #readAction(row: number): Action {
    if (this.#last?.row !== row) this.#last = { row, action: readAction(this.#log.at(row)) }
    return this.#last.action
  }
}

/** A text that a row shows; null for what is none. */
function textOr(value: unknown, max: number): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= max ? value : null
}
