// Every new struct belongs to an actor: the one its client id is bound to, and whose name its actions carry (AD3, AD4, AD7).
import type { Role } from '../protocol.ts'
import type { LoggedAction } from './check-log.ts'
import type { FreshStruct } from './fresh-structs.ts'
import type { KnownBook } from './known-book.ts'
import { refuse } from './refusal.ts'

/** Who sends. */
export interface Sender {
  readonly actor: string
  /** The owner brings a book's history: nobody else has written to it yet (AD7). */
  readonly founding: boolean
}

/** Refuses foreign client ids and forged authors; gives the bindings that first sight makes. */
export function bindAuthors(
  fresh: ReadonlyMap<number, readonly FreshStruct[]>,
  actions: readonly LoggedAction[],
  known: KnownBook,
  sender: Sender,
): Map<number, string> {
  return sender.founding ? bindHistory(fresh, actions, known, sender) : bindSender(fresh, actions, known, sender)
}

/** Owners revoke anybody's devices, others their own: what the server's list of devices goes by. */
export function checkRevocations(actions: readonly LoggedAction[], { role }: { role: Role }): void {
  if (role === 'owner') return
  for (const { action } of actions) {
    const other = action.entries.find((entry) => entry.kind === 'device.revoked' && entry['actor'] !== action.by)
    if (other) refuse('not-allowed', `action ${action.id}: only owners revoke the devices of others`)
  }
}

function bindSender(
  fresh: ReadonlyMap<number, readonly FreshStruct[]>,
  actions: readonly LoggedAction[],
  known: KnownBook,
  { actor }: Sender,
): Map<number, string> {
  const bindings = new Map<number, string>()
  for (const client of fresh.keys()) {
    const bound = known.actorOf(client)
    if (bound === undefined) bindings.set(client, actor)
    else if (bound !== actor) refuse('foreign-client-id', `client id ${client} belongs to another actor`)
  }
  for (const { action } of actions) {
    if (action.by !== actor) refuse('forged-author', `action ${action.id}: expected by ${actor}, got ${action.by}`)
  }
  return bindings
}

function bindHistory(
  fresh: ReadonlyMap<number, readonly FreshStruct[]>,
  actions: readonly LoggedAction[],
  known: KnownBook,
  { actor }: Sender,
): Map<number, string> {
  const authors = new Map<number, string>()
  for (const { client, action } of actions) {
    const other = authors.get(client)
    // A client id under which several people's actions stand was written by whoever brought them together.
    authors.set(client, other === undefined || other === action.by ? action.by : actor)
  }
  const bindings = new Map<number, string>()
  for (const client of fresh.keys()) {
    if (known.actorOf(client) === undefined) bindings.set(client, authors.get(client) ?? actor)
  }
  return bindings
}
