// One connection to an IndexedDB database that says when it is lost, and can be made again.
import { type DBSchema, type IDBPDatabase, openDB, type OpenDBCallbacks } from 'idb'
import { StorageError, toStorageError } from './storage-error.ts'

/** A connection that may get lost: another tab deletes or upgrades the database, or the browser closes it. */
export interface Connection<Schema extends DBSchema> {
  /** Throws a {@link StorageError} while the connection is lost. */
  readonly db: IDBPDatabase<Schema>
  readonly lost: StorageError | null
  /** Opens the database again, and makes it where it is gone. */
  reopen(): Promise<void>
  close(): void
}

/** How to connect. */
export interface ConnectOptions<Schema extends DBSchema> {
  readonly name: string
  readonly version: number
  readonly upgrade: NonNullable<OpenDBCallbacks<Schema>['upgrade']>
  /** ms; a blocked open never answers. */
  readonly timeoutMs: number
  readonly onLost: (problem: StorageError) => void
}

/** Opens a database; rejects with a {@link StorageError} when it cannot be. */
export async function connectDatabase<Schema extends DBSchema>(
  options: ConnectOptions<Schema>,
): Promise<Connection<Schema>> {
  let db: IDBPDatabase<Schema> | undefined
  let lost: StorageError | null = null
  let isClosed = false

  function lose(problem: StorageError): void {
    if (lost || isClosed) return
    lost = problem
    db?.close()
    options.onLost(problem)
  }

  async function open(): Promise<void> {
    const opening = openWith(options, lose)
    db = await within(options.timeoutMs, opening)
    lost = null
  }

  await open()
  return {
    get db() {
      if (lost) throw lost
      if (!db) throw new StorageError('failed', `${options.name} is closed`)
      return db
    },
    get lost() {
      return lost
    },
    reopen: open,
    close() {
      isClosed = true
      db?.close()
      db = undefined
    },
  }
}

async function openWith<Schema extends DBSchema>(
  { name, version, upgrade }: ConnectOptions<Schema>,
  lose: (problem: StorageError) => void,
): Promise<IDBPDatabase<Schema>> {
  try {
    return await openDB<Schema>(name, version, {
      upgrade,
      // Without giving way here the other tab would wait for ever, and this one would not know.
      blocking(_current, wanted) {
        lose(
          wanted === null
            ? new StorageError('removed', 'another tab deleted the storage of this book')
            : new StorageError(
                'upgraded',
                'a newer version of the app in another tab took over the storage of this book',
              ),
        )
      },
      terminated: () => lose(new StorageError('closed', 'the browser closed the storage of this book')),
    })
  } catch (cause) {
    const { code, message } = toStorageError(cause)
    throw new StorageError(
      code === 'full' ? 'full' : 'blocked',
      `the storage of this browser could not be opened: ${message}`,
      {
        cause,
      },
    )
  }
}

async function within<T extends { close(): void }>(ms: number, opening: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isLate = false
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true
      reject(
        new StorageError(
          'blocked',
          `the storage of this browser did not answer within ${ms} ms; another tab may hold it`,
        ),
      )
    }, ms)
  })
  try {
    return await Promise.race([opening, late])
  } finally {
    clearTimeout(timer)
    // One that opens after all must not stay open unseen: it would block the next one.
    if (isLate) void opening.then((db) => db.close()).catch(() => undefined)
  }
}
