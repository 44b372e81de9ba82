// Counts open connections of the server, of each book, of each actor and of each address, and says when it is full.
import type { Settings } from '../settings.ts'

/** Gives a function that leaves again, or null where a limit is reached. */
export interface Crowd {
  enter(visitor: { book: string; actor: string; address: string }): (() => void) | null
}

export function createCrowd(
  limits: Pick<
    Settings,
    'maxConnections' | 'maxConnectionsPerBook' | 'maxConnectionsPerActor' | 'maxConnectionsPerAddress'
  >,
): Crowd {
  const perBook = new Map<string, number>()
  const perActor = new Map<string, number>()
  const perAddress = new Map<string, number>()
  let total = 0

  return {
    enter({ book, actor, address }) {
      const person = `${book} ${actor}`
      const isFull =
        total >= limits.maxConnections ||
        (perBook.get(book) ?? 0) >= limits.maxConnectionsPerBook ||
        (perActor.get(person) ?? 0) >= limits.maxConnectionsPerActor ||
        (perAddress.get(address) ?? 0) >= limits.maxConnectionsPerAddress
      if (isFull) return null
      total++
      add(perBook, book, 1)
      add(perActor, person, 1)
      add(perAddress, address, 1)
      return () => {
        total--
        add(perBook, book, -1)
        add(perActor, person, -1)
        add(perAddress, address, -1)
      }
    },
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
