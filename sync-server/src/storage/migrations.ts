// The tables, as a list of steps; `user_version` says how many a database has taken.
import type { DatabaseSync } from 'node:sqlite'

const steps: readonly string[] = [
  `
  CREATE TABLE books (
    book TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    generation INTEGER NOT NULL DEFAULT 1,
    seq INTEGER NOT NULL DEFAULT 0,
    head BLOB NOT NULL,
    largest_n INTEGER NOT NULL DEFAULT 0,
    first_writer TEXT,
    is_shared INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  -- The truth: never updated, never deleted. Hashes chain each row to the one before.
  CREATE TABLE updates (
    book TEXT NOT NULL REFERENCES books (book),
    seq INTEGER NOT NULL,
    prev_hash BLOB NOT NULL,
    update_hash BLOB NOT NULL,
    actor TEXT NOT NULL,
    device TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (book, seq)
  ) STRICT;

  -- Yjs client id → the actor who writes under it, from first sight on.
  CREATE TABLE bindings (
    book TEXT NOT NULL REFERENCES books (book),
    client_id INTEGER NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (book, client_id)
  ) STRICT, WITHOUT ROWID;

  -- A cache: the state after \`seq\` updates, made from them and never instead of them.
  CREATE TABLE snapshots (
    book TEXT PRIMARY KEY REFERENCES books (book),
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;

  -- Written by readiness checks, to know that writes reach the disk.
  CREATE TABLE checks (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
  `,
  `
  -- Who joined: nobody else can join under the same id.
  CREATE TABLE actors (
    book TEXT NOT NULL REFERENCES books (book),
    actor TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (book, actor)
  ) STRICT, WITHOUT ROWID;
  `,
]

/** The schema version this program writes. */
export const schemaVersion: number = steps.length

/** Brings a database to {@link schemaVersion}, each step in its own transaction; throws where it is newer. */
export function migrate(database: DatabaseSync): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (found > schemaVersion) {
    throw new Error(
      `the database has schema ${found}, this program knows up to ${schemaVersion}: start the newer Tierbook that wrote it`,
    )
  }
  for (let version = found; version < schemaVersion; version++) {
    database.exec('BEGIN IMMEDIATE')
    try {
      database.exec(steps[version] as string)
      database.exec(`PRAGMA user_version = ${version + 1}`)
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
}
