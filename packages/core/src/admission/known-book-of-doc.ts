// Answers admission's questions from a resident Yjs document, by its struct store and without changing it.
import type { AbstractType, Doc, Item, GC } from 'yjs'
import type { KnownBook, Place, StructId } from './known-book.ts'

/** What a document does not hold itself. */
export interface KnownBookOptions {
  readonly actorOf: (client: number) => string | undefined
  readonly largestN: () => number
}

/** A live view: it answers from the document as it is when asked. */
export function knownBookOfDoc(doc: Doc, options: KnownBookOptions): KnownBook {
  const structsOf = (client: number) => doc.store.clients.get(client) ?? []
  const structHolding = (id: StructId) => {
    const structs = structsOf(id.client)
    return structs[indexOf(structs, id.clock)]
  }
  const rootNames = new Map<unknown, string>()
  const rootName = (parent: unknown) => {
    const cached = rootNames.get(parent)
    if (cached !== undefined) return cached
    // Naming a root in code replaces its generic type by a fresh one, so the map is built anew when a parent is not in it.
    rootNames.clear()
    for (const [name, type] of doc.share) rootNames.set(type, name)
    return rootNames.get(parent) ?? ''
  }
  return {
    nextClock: (client) => {
      const last = structsOf(client).at(-1)
      return last ? last.id.clock + last.length : 0
    },
    place: (id): Place | null => {
      const struct = structHolding(id)
      if (!struct || !isItem(struct) || struct.parent === null) return null
      return { root: rootName(struct.parent as AbstractType<unknown>), key: struct.parentSub }
    },
    firstLive: (client, from, to) => {
      const structs = structsOf(client)
      for (let i = indexOf(structs, from); i < structs.length; i++) {
        const struct = structs[i] as Item | GC
        if (struct.id.clock >= to) break
        if (!struct.deleted) return Math.max(from, struct.id.clock)
      }
      return -1
    },
    lastOf: ({ root, key }) => {
      const item = key === null ? undefined : doc.share.get(root)?._map.get(key)
      return item ? { client: item.id.client, clock: item.id.clock + item.length - 1 } : null
    },
    originOf: (id) => {
      const struct = structHolding(id)
      if (!struct || !isItem(struct)) return null
      return id.clock > struct.id.clock ? { client: id.client, clock: id.clock - 1 } : struct.origin
    },
    value: (id) => {
      const struct = structHolding(id)
      if (!struct || !isItem(struct)) return undefined
      return struct.content.getContent()[id.clock - struct.id.clock] as unknown
    },
    actorOf: options.actorOf,
    get largestN() {
      return options.largestN()
    },
  }
}

function isItem(struct: Item | GC): struct is Item {
  return 'parentSub' in struct
}

/** Index of the struct that holds `clock`; the length of the list where none does. */
function indexOf(structs: readonly (Item | GC)[], clock: number): number {
  let low = 0
  let high = structs.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const struct = structs[middle] as Item | GC
    if (clock < struct.id.clock) high = middle - 1
    else if (clock >= struct.id.clock + struct.length) low = middle + 1
    else return middle
  }
  return structs.length
}
