// Who is connected, whether they still may be, and when each device was last here.
import { closeCode, closeReason, messageType } from '@tierbook/core/protocol'
import { standingOf } from '../identity/standing.ts'
import type { Access } from '../identity/tokens.ts'
import type { Logger } from '../logger.ts'
import type { AccessStore, DeviceId } from '../storage/access-store.ts'
import type { Connection } from './connection.ts'

/** The devices that are connected. */
export interface Attendance {
  /** Gives a function that leaves again. */
  enter(connection: Connection, access: Access): () => void
  /** `<actor> <device>` of each. */
  connectedDevices(book: string): ReadonlySet<string>
  /**
   * Closes whoever may not stay: with 4401 where revoked, with 1012 where the role is another one now, so that they come back with it. The others
   * are told that people changed, since nothing of it is in the book.
   */
  recheck(book?: string): Promise<void>
  /** Writes down who was here. */
  close(): Promise<void>
}

/** Another process, as `tierbook revoke` is one, takes effect within this time. */
const lookMs = 500
/** Last seen is written down this often, and when a server stops. */
const noteMs = 10_000
/** Message 104. */
const peopleChanged = Uint8Array.of(messageType.people)

export function createAttendance(options: { store: AccessStore; logger: Logger; now: () => number }): Attendance {
  const { store, logger, now } = options
  const present = new Map<Connection, Access>()
  const seen = new Map<string, DeviceId & { at: number }>()
  const noteSeen = ({ book, actor, device }: Access) =>
    seen.set(`${book} ${actor} ${device}`, { book, actor, device, at: now() })

  async function recheck(book?: string): Promise<void> {
    for (const [connection, access] of [...present]) {
      if (book !== undefined && access.book !== book) continue
      const standing = await standingOf(store, access)
      if (!standing.ok) connection.close(closeCode.signInAgain, closeReason.revoked)
      else if (standing.access.role !== connection.role) connection.close(closeCode.restart, 'the role was changed')
    }
  }
  function tell(book?: string): void {
    for (const [connection, access] of present)
      if (connection.wantsAcks && (book === undefined || access.book === book)) connection.send(peopleChanged)
  }
  async function writeDown(): Promise<void> {
    for (const access of present.values()) noteSeen(access)
    if (seen.size === 0) return
    const noted = [...seen.values()]
    seen.clear()
    await store.noteSeen(noted)
  }

  let changes: number | undefined
  let notedAt = now()
  const timer = setInterval(() => {
    look().catch((error: unknown) =>
      logger.warn({ err: error }, 'who is connected could not be compared with the store'),
    )
  }, lookMs)
  timer.unref()
  async function look(): Promise<void> {
    const found = await store.foreignChanges()
    if (found !== changes) {
      await recheck()
      // The first number says nothing of a change.
      if (changes !== undefined) tell()
    }
    changes = found
    if (now() - notedAt < noteMs) return
    notedAt = now()
    await writeDown()
  }

  return {
    enter(connection, access) {
      present.set(connection, access)
      noteSeen(access)
      return () => {
        present.delete(connection)
        noteSeen(access)
      }
    },
    connectedDevices(book) {
      const here = [...present.values()].filter((access) => access.book === book)
      return new Set(here.map(({ actor, device }) => `${actor} ${device}`))
    },
    async recheck(book) {
      await recheck(book)
      tell(book)
    },
    async close() {
      clearInterval(timer)
      await writeDown().catch((error: unknown) =>
        logger.warn({ err: error }, 'who was connected could not be written down'),
      )
    },
  }
}
