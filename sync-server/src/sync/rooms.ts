// The open books: each is opened by its first device and forgotten when its room says it is gone.
import { openRoom, type Room, type RoomOptions } from './room.ts'

/** All open books of a server. */
export interface Rooms {
  /** The book's room, opened if need be. */
  room(book: string): Room
  /** The book's room, if it is open. */
  find(book: string): Room | undefined
  /** The store has that many updates of those books: open ones that are behind read them. */
  moved(positions: ReadonlyMap<string, number>): void
  /** Ids of the open books. */
  open(): string[]
  /** Stores what came in; gives how many updates could not be stored. */
  close(): Promise<number>
}

/** Books whose last device left are kept for a while, since most come back at once; not more of them than this, some 20 MiB where they are small. */
const mostEmpty = 256

export function createRooms(options: Omit<RoomOptions, 'book' | 'onEmpty' | 'onGone'>): Rooms {
  const rooms = new Map<string, Room>()
  /** The longest empty one first. */
  const empty = new Set<Room>()
  return {
    room(book) {
      const open = rooms.get(book)
      if (open) {
        empty.delete(open)
        return open
      }
      const room = openRoom({
        ...options,
        book,
        onEmpty: () => {
          empty.delete(room)
          const [longest] = empty.add(room)
          if (empty.size <= mostEmpty || !longest) return
          empty.delete(longest)
          longest.unloadIfEmpty()
        },
        onGone: () => {
          empty.delete(room)
          // Only its own place: a failed room may already have been replaced.
          if (rooms.get(book) === room) rooms.delete(book)
          options.metrics.openBooks.set(rooms.size)
        },
      })
      rooms.set(book, room)
      options.metrics.openBooks.set(rooms.size)
      return room
    },
    find: (book) => rooms.get(book),
    moved(positions) {
      for (const [book, seq] of positions) rooms.get(book)?.moved(seq)
    },
    open: () => [...rooms.keys()],
    async close() {
      const open = [...rooms.values()]
      await Promise.all(open.map((room) => room.close()))
      return open.reduce((sum, room) => sum + room.unstored, 0)
    },
  }
}
