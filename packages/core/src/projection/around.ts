// What the log says beside clients: added tiers, people, devices, imports, and whether the book was founded.
import type { Author } from '../book.ts'
import type { Action } from '../schema/action.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { SaidFields, type StoredSaid } from './said-fields.ts'

interface Named extends Author {
  /** The action that said the name: the one latest in log order counts. */
  readonly n: number
  readonly action: string
}

/** What {@link Around} holds, to be stored as JSON. */
export interface StoredAround {
  readonly tiers: readonly string[]
  readonly actors: readonly Named[]
  readonly devices: readonly (readonly [string, string])[]
  readonly keys: readonly string[]
  readonly revoked: readonly string[]
  readonly imports: readonly (readonly [string, { readonly of: number; readonly seen: readonly string[] }])[]
  readonly isCreated: boolean
  readonly said: StoredSaid
}

/** Sums up entries that are not about one client. */
export class Around {
  /** Ids of added tiers. */
  readonly tiers: Set<string>
  readonly actors: Map<string, Named>
  /** Devices that said who uses them: device id to the name they said. */
  readonly devices: Map<string, string>
  /** Keys that devices said they sign with: `<actor> <device> <key>`. An honest device has one. */
  readonly keys: Set<string>
  /** Devices whose signatures have ended: `<actor> <device>`. */
  readonly revoked: Set<string>
  /** Split imports: batch id to how many actions it has and which are here. */
  readonly imports: Map<string, { readonly of: number; readonly seen: Set<string> }>
  isCreated: boolean
  /** Fields of tiers, settings and views. */
  readonly said: SaidFields
  /** Who acted last: mostly who acts next, too. */
  #last = ''

  constructor(stored?: StoredAround) {
    this.tiers = new Set(stored?.tiers)
    this.actors = new Map(stored?.actors.map((actor) => [actor.id, actor]))
    this.devices = new Map(stored?.devices)
    this.keys = new Set(stored?.keys)
    this.revoked = new Set(stored?.revoked)
    this.imports = new Map(stored?.imports.map(([batch, { of, seen }]) => [batch, { of, seen: new Set(seen) }]))
    this.isCreated = stored?.isCreated ?? false
    this.said = new SaidFields(stored?.said)
  }

  /** Notes that somebody did something, who may not have said their name. */
  takeActor(by: string): void {
    if (by === this.#last) return
    this.#last = by
    if (!this.actors.has(by)) this.actors.set(by, { id: by, name: `Actor ${by.slice(-6)}`, n: 0, action: '' })
  }

  /** Takes the envelope of an action in. */
  takeAction({ id, by, batch, of }: Action): void {
    this.takeActor(by)
    if (batch === undefined || of === undefined) return
    const known = this.imports.get(batch) ?? { of, seen: new Set<string>() }
    known.seen.add(id)
    this.imports.set(batch, known)
  }

  /** Takes an entry in. */
  takeEntry(action: Action, entry: AnyEntry): void {
    const { id, n, by, device } = action
    this.said.take(action, entry)
    if (entry.kind === 'tier.added') this.tiers.add(entry.subject)
    else if (entry.kind === 'book.created') this.isCreated = true
    else if (entry.kind === 'device.revoked') this.revoked.add(`${String(entry['actor'])} ${entry.subject}`)
    else if (entry.kind === 'device.added') {
      const name = String(entry['actorName'])
      this.devices.set(entry.subject, name)
      const key = entry['publicKey']
      if (typeof key === 'string' && entry.subject === device) this.keys.add(`${by} ${device} ${key}`)
      const known = this.actors.get(by)
      if (!known || known.n < n || (known.n === n && known.action <= id))
        this.actors.set(by, { id: by, name, n, action: id })
    }
  }

  toStored(): StoredAround {
    return {
      tiers: [...this.tiers],
      actors: [...this.actors.values()],
      devices: [...this.devices],
      keys: [...this.keys],
      revoked: [...this.revoked],
      imports: [...this.imports].map(([batch, { of, seen }]) => [batch, { of, seen: [...seen] }]),
      isCreated: this.isCreated,
      said: this.said.toStored(),
    }
  }
}
