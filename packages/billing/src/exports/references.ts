// What other systems call the clients of a run, as columns of a table and as fields of an object.
import type { Run } from '../line.ts'
import type { ReferencedClient } from './document.ts'

/** See the file. */
export interface References {
  /** None where no client of the run is called anything elsewhere. */
  readonly headings: readonly string[]
  cells(client: string): readonly string[]
  fields(client: string): Pick<ReferencedClient, 'externalRef' | 'otherRefs'>
}

/** Those of the run's clients alone: another client's systems make no empty columns. */
export function referencesOf(run: Run, clients: readonly ReferencedClient[]): References {
  const billed = new Set(run.invoices.map(({ client }) => client))
  const byClient = new Map(clients.filter(({ id }) => billed.has(id)).map((client) => [client.id, client]))
  const all = [...byClient.values()]
  const systems = [...new Set(all.flatMap(({ otherRefs = [] }) => otherRefs.map(({ system }) => system)))].sort()
  const hasOwn = all.some(({ externalRef }) => externalRef)
  return {
    headings: [...(hasOwn ? ['client_external_id'] : []), ...systems.map((system) => `client_id_in ${system}`)],
    cells(client) {
      const { externalRef, otherRefs = [] } = byClient.get(client) ?? {}
      const idIn = new Map(otherRefs.map(({ system, id }) => [system, id]))
      return [...(hasOwn ? [externalRef ?? ''] : []), ...systems.map((system) => idIn.get(system) ?? '')]
    },
    fields(client) {
      const { externalRef, otherRefs = [] } = byClient.get(client) ?? {}
      return { ...(externalRef ? { externalRef } : {}), ...(otherRefs.length > 0 ? { otherRefs } : {}) }
    },
  }
}
