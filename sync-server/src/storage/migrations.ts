// The tables, as a list of steps; `user_version` says how many a database has taken.
import type { DatabaseSync } from 'node:sqlite'
import { readLoggedIds } from './logged-actions.ts'

const steps: readonly (string | ((database: DatabaseSync) => void))[] = [
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

  -- The truth: never deleted, and never changed but for what log_starts says. Hashes chain each row to the one before.
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
  addReceipts,
  `
  -- What holds for a person: a role here goes before the one in their token.
  ALTER TABLE actors ADD COLUMN name TEXT;
  ALTER TABLE actors ADD COLUMN role TEXT;
  ALTER TABLE actors ADD COLUMN revoked_at INTEGER;

  CREATE TABLE devices (
    book TEXT NOT NULL REFERENCES books (book),
    actor TEXT NOT NULL,
    device TEXT NOT NULL,
    name TEXT,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (book, actor, device)
  ) STRICT, WITHOUT ROWID;

  -- Invites for one person that somebody used.
  CREATE TABLE redeemed_invites (
    id TEXT PRIMARY KEY,
    book TEXT NOT NULL,
    actor TEXT NOT NULL,
    redeemed_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What a snapshot holds, so that most sync requests are answered without reading it into a document.
  ALTER TABLE snapshots ADD COLUMN hash BLOB;
  ALTER TABLE snapshots ADD COLUMN state_vector BLOB;
  ALTER TABLE snapshots ADD COLUMN deletes BLOB;
  `,
  `
  -- A snapshot's bytes in packed parts, of which \`hash\` is then: 0 are those that an older program wrote, whose bytes lie in their row.
  ALTER TABLE snapshots ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;

  -- Parts without a snapshot of their \`seq\` were not finished, and are nobody's.
  CREATE TABLE snapshot_parts (
    book TEXT NOT NULL REFERENCES books (book),
    seq INTEGER NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (book, seq, part)
  ) STRICT;
  `,
  `
  -- Where an operator has the log begin later: the bytes of updates up to \`trimmed_to\` are given up, and this snapshot stands for them.
  CREATE TABLE log_starts (
    book TEXT PRIMARY KEY REFERENCES books (book),
    seq INTEGER NOT NULL,
    trimmed_to INTEGER NOT NULL,
    -- Whatever lies behind it and up to \`trimmed_to\` is still to be given up.
    cleared_to INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    hash BLOB NOT NULL,
    state_vector BLOB NOT NULL,
    deletes BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Ids of the actions that an update brought, separated by spaces; null where it brought none, or where its row in \`receipts\` says them: an older
  -- program wrote that. In a table of their own they cost a page of the log for each edit.
  ALTER TABLE updates ADD COLUMN actions TEXT;
  `,
]

/** The schema version this program writes. */
export const schemaVersion: number = steps.length

/** Throws where a database is not of {@link schemaVersion}, for those who may not change it. */
export function requireSchema(database: DatabaseSync): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (found === schemaVersion) return
  const advice =
    found < schemaVersion ? 'start the server once, which upgrades it' : 'use the newer Tierbook that wrote it'
  throw new Error(`the database has schema ${found}, this program reads ${schemaVersion}: ${advice}`)
}

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
      const step = steps[version] as (typeof steps)[number]
      if (typeof step === 'string') database.exec(step)
      else step(database)
      database.exec(`PRAGMA user_version = ${version + 1}`)
      database.exec('COMMIT')
    } catch (error) {
      // A full disk may already have rolled back by itself.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
}

/** Which actions came when. It follows from the updates, and lies beside them so that a replica's question reads no update. */
function addReceipts(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE receipts (
      book TEXT NOT NULL REFERENCES books (book),
      seq INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      -- Ids, separated by spaces.
      actions TEXT NOT NULL,
      PRIMARY KEY (book, seq)
    ) STRICT, WITHOUT ROWID;
  `)
  const insert = database.prepare('INSERT INTO receipts (book, seq, received_at, actions) VALUES (?, ?, ?, ?)')
  for (const row of database.prepare('SELECT book, seq, received_at, bytes FROM updates').iterate()) {
    const ids = readLoggedIds(row['bytes'] as Uint8Array)
    if (ids.length > 0)
      insert.run(row['book'] as string, row['seq'] as number, row['received_at'] as number, ids.join(' '))
  }
}
