// What a screen reader hears of other people's edits: who and what while they are few, a count when they are many.
import { m } from '#lib/paraglide/messages.js'

/** An edit that somebody else made to a client. */
export interface RemoteEdit {
  readonly client: string
  readonly by: string
}

/** One sentence for all edits that came in since the last one; empty for none. */
export function remoteWords(edits: readonly RemoteEdit[]): string {
  const clients = new Set(edits.map(({ client }) => client))
  const people = new Set(edits.map(({ by }) => by))
  const [client] = clients
  const [by] = people
  if (client === undefined || by === undefined) return ''
  if (clients.size === 1) return m.installed_edit({ by, client })
  if (people.size === 1) return m.installed_edits_by({ by, count: clients.size })
  return m.installed_edits({ count: clients.size })
}
