// What the log last said of each field of tiers, settings and views: the same on every replica, whichever of two writings Yjs keeps in the document's maps.
import { compareActions } from '../log/logged-action.ts'
import type { Action } from '../schema/action.ts'
import type { AnyEntry } from '../schema/entries.ts'

/** A field's value and the action that said it. */
interface Said {
  readonly value: unknown
  readonly n: number
  readonly id: string
}

/** To be stored as JSON. */
export type StoredSaid = readonly (readonly [place: string, Said])[]

type Root = 'meta' | 'tiers' | 'views'

/** Gives what the log last said of a field of one root, by its key there; undefined where it never said anything. */
export type FieldReader = (key: string) => unknown

const roots: Readonly<Record<string, Root>> = {
  'book.created': 'meta',
  'book.edited': 'meta',
  'tier.added': 'tiers',
  'tier.edited': 'tiers',
  'view.saved': 'views',
}
const beside: ReadonlySet<string> = new Set(['kind', 'subject', 'was'])

/** Sums up entries that describe something else than a client. */
export class SaidFields {
  readonly #said: Map<string, Said>
  /** Goes up with each field that was said later than before, by root. */
  readonly changes: Record<Root, number> = { meta: 0, tiers: 0, views: 0 }

  constructor(stored?: StoredSaid) {
    this.#said = new Map(stored)
  }

  /** Takes an entry in, if it describes; of two entries of one action the later one holds. */
  take({ id, n }: Action, entry: AnyEntry): void {
    const root = roots[entry.kind]
    if (root === undefined) return
    for (const field in entry) {
      if (beside.has(field)) continue
      const place = `${root}/${root === 'meta' ? field : `${entry.subject}/${field}`}`
      const known = this.#said.get(place)
      if (known && compareActions(known, { id, n }) > 0) continue
      this.#said.set(place, { value: entry[field], n, id })
      this.changes[root] += 1
    }
  }

  /** Reads the fields of a root. */
  of(root: Root): FieldReader {
    return (key) => this.#said.get(`${root}/${key}`)?.value
  }

  /** Keys of all fields of a root. */
  *keys(root: Root): IterableIterator<string> {
    for (const place of this.#said.keys()) if (place.startsWith(`${root}/`)) yield place.slice(root.length + 1)
  }

  toStored(): StoredSaid {
    return [...this.#said]
  }
}
