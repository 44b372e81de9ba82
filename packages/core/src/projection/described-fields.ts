// The fields that merely describe a client, as the document holds them: anything can be in there.
import type { Map as YMap } from 'yjs'

/** What the document says of one client, unchecked. */
export interface DescribedFields {
  name?: unknown
  createdOn?: unknown
  externalRef?: unknown
  note?: unknown
}

/** The fields of one client. */
export function fieldsOf(clients: YMap<unknown>, id: string): DescribedFields {
  return {
    name: clients.get(`${id}/name`),
    createdOn: clients.get(`${id}/createdOn`),
    externalRef: clients.get(`${id}/externalRef`),
    note: clients.get(`${id}/note`),
  }
}

/** The fields of all clients in one walk, which costs a quarter of asking for each. */
export function fieldsByClient(clients: YMap<unknown>): ReadonlyMap<string, DescribedFields> {
  const byClient = new Map<string, DescribedFields>()
  let id = ''
  let fields: DescribedFields = {}
  clients.forEach((value, key) => {
    const slash = key.indexOf('/')
    // A client's fields were mostly written together and stand together.
    if (slash !== id.length || !key.startsWith(id)) {
      id = key.slice(0, slash)
      fields = byClient.get(id) ?? {}
      byClient.set(id, fields)
    }
    const field = key.slice(slash + 1)
    if (field === 'name' || field === 'createdOn' || field === 'externalRef' || field === 'note') fields[field] = value
  })
  return byClient
}
