// Local storage with a second copy that is on disk when it says so: browsers write local storage some seconds late, and a crash in them would
// leave a saved book that nobody knows of.
import { openDB } from 'idb'
import * as z from 'zod/mini'
import type { KeyValueStorage } from './stored-json.ts'

const databaseName = 'tierbook-device'
// The app starts without the copy rather than not at all. Where this device seems to know of no book it waits longer: the copy may know one.
const waitsMs = { known: 2_000, unknown: 10_000 }

/** Values by key, like `Storage`. */
export interface KeptStorage extends KeyValueStorage {
  /** Resolves when what was written is on disk, as far as this browser keeps anything. */
  settled(): Promise<void>
}

/** Counts writes, in both copies: the one that is behind has lost some. */
const stampKey = 'tierbook.writes'

/** Opens local storage, brought up to the second copy where that is ahead. A copy that opens late is kept from then on. */
export async function openKeptStorage(local: KeyValueStorage): Promise<KeptStorage> {
  const opening = openCopy()
  const start = stampOf(local)
  const eventually = within(waitsMs.unknown, opening)
  const copy = await (start ? within(waitsMs.known, opening) : eventually)
  if (copy) repair(local, copy)
  let stamp = Math.max(start, copy?.stamp ?? 0)
  let writing: Promise<unknown> = Promise.resolve()

  /** A copy that cannot be written leaves local storage, which is what there was before. */
  function keep(key: string, value: string | null): void {
    stamp = Math.max(stamp, stampOf(local)) + 1 // another tab writes too
    const written = stamp
    writing = writing
      .then(async () => {
        const known = await eventually
        // What came late and is ahead has what local storage lost: the next start reads it, so nothing of it is written over.
        if (known && (copy || known.stamp <= start)) await known.write({ key, value, stamp: written })
      })
      .catch(() => undefined)
  }

  return {
    getItem: (key) => local.getItem(key),
    setItem(key, value) {
      keep(key, value)
      local.setItem(key, value)
      local.setItem(stampKey, String(stamp))
    },
    removeItem(key) {
      keep(key, null)
      local.removeItem(key)
      local.setItem(stampKey, String(stamp))
    },
    async settled() {
      await writing
    },
  }
}

interface CopiedValue {
  readonly key: string
  /** Null where it was removed. */
  readonly value: string | null
  readonly stamp: number
}

interface Copy {
  readonly values: readonly CopiedValue[]
  readonly stamp: number
  write(value: CopiedValue): Promise<void>
}

function repair(local: KeyValueStorage, copy: Copy): void {
  const known = stampOf(local)
  if (copy.stamp <= known) return
  try {
    for (const { key, value, stamp } of copy.values) {
      if (stamp <= known) continue // local storage has this write, or a later one of a visit without the copy
      if (value === null) local.removeItem(key)
      else local.setItem(key, value)
    }
    local.setItem(stampKey, String(copy.stamp))
  } catch {
    // Local storage that takes nothing is said where it is read.
  }
}

function stampOf(local: KeyValueStorage): number {
  try {
    return Number(local.getItem(stampKey)) || 0
  } catch {
    return 0
  }
}

const Copied = z.object({ key: z.string(), value: z.nullable(z.string()), stamp: z.int() })

async function openCopy(): Promise<Copy> {
  const db = await openDB(databaseName, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('values', { keyPath: 'key' })
    },
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  })
  const stored = (await db.getAll('values')) as readonly unknown[]
  const values = stored.flatMap((value) => {
    const copied = Copied.safeParse(value)
    return copied.success ? [copied.data] : []
  })
  return {
    values,
    stamp: Math.max(0, ...values.map((value) => value.stamp)),
    async write(value) {
      const transaction = db.transaction('values', 'readwrite', { durability: 'strict' })
      await Promise.all([transaction.store.put(value), transaction.done])
    },
  }
}

async function within<T>(ms: number, opening: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ms)))
  const opened = await Promise.race([opening.catch(() => null), late])
  clearTimeout(timer)
  return opened
}
