// The tables in PostgreSQL, as a list of steps that only go forward; a row says how many a database has taken, and is locked meanwhile.
import { type Database, sqlState } from './database.ts'

const steps: readonly string[] = [
  `
  CREATE TABLE tierbook_books (
    book TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    generation BIGINT NOT NULL
  );

  -- The truth: never deleted, and never changed but for what log_starts says. The last row is the book's state, so that a commit writes nothing in place.
  CREATE TABLE tierbook_updates (
    book TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    prev_hash BYTEA NOT NULL,
    update_hash BYTEA NOT NULL,
    -- Of this row: the next one's prev_hash.
    hash BYTEA NOT NULL,
    actor TEXT NOT NULL,
    device TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    -- Of the book after this update.
    largest_n BIGINT NOT NULL,
    is_shared BOOLEAN NOT NULL,
    -- Ids of the actions it brought, separated by spaces.
    actions TEXT,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (book, seq)
  );

  -- Yjs client id → the actor who writes under it, from first sight on.
  CREATE TABLE tierbook_bindings (
    book TEXT NOT NULL,
    client_id BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (book, client_id)
  );

  -- A cache: the state after seq updates, made from them and never instead of them.
  CREATE TABLE tierbook_snapshots (
    book TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    state_vector BYTEA,
    deletes BYTEA,
    bytes BYTEA NOT NULL
  );

  CREATE TABLE tierbook_actors (
    book TEXT NOT NULL,
    actor TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    name TEXT,
    role TEXT,
    revoked_at BIGINT,
    PRIMARY KEY (book, actor)
  );

  CREATE TABLE tierbook_devices (
    book TEXT NOT NULL,
    actor TEXT NOT NULL,
    device TEXT NOT NULL,
    name TEXT,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (book, actor, device)
  );

  CREATE TABLE tierbook_redeemed_invites (
    id TEXT PRIMARY KEY,
    book TEXT NOT NULL,
    actor TEXT NOT NULL,
    redeemed_at BIGINT NOT NULL
  );

  -- One row that goes up with every change of who gets in: nodes look at it.
  CREATE TABLE tierbook_access_version (id INTEGER PRIMARY KEY CHECK (id = 1), version BIGINT NOT NULL);
  INSERT INTO tierbook_access_version VALUES (1, 0);

  -- Texts that every node must have alike: the signing key.
  CREATE TABLE tierbook_secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL);

  -- Written by readiness checks, to know that writes reach the disk.
  CREATE TABLE tierbook_checks (id INTEGER PRIMARY KEY CHECK (id = 1), at BIGINT NOT NULL);
  `,
  `
  -- Whom a book knows since they wrote, or a client id is theirs, or they joined: the key settles who is new, also beside a commit that is under way.
  CREATE TABLE tierbook_known_actors (book TEXT NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (book, actor));
  INSERT INTO tierbook_known_actors (book, actor)
    SELECT book, actor FROM tierbook_updates WHERE seq = 1
    UNION SELECT book, actor FROM tierbook_bindings
    UNION SELECT book, actor FROM tierbook_actors;
  `,
  `
  -- A snapshot's bytes lie in packed parts, of which its hash is then, and none in its row. An older program that still runs beside leaves such a
  -- snapshot aside, and what it writes itself has its bytes in the row.
  ALTER TABLE tierbook_snapshots ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE tierbook_snapshot_parts (
    book TEXT NOT NULL,
    seq BIGINT NOT NULL,
    part INTEGER NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (book, seq, part)
  );
  -- They are packed already.
  ALTER TABLE tierbook_snapshot_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;
  `,
  `
  -- Where an operator has the log begin later: the bytes of updates up to trimmed_to are given up, and this snapshot stands for them.
  CREATE TABLE tierbook_log_starts (
    book TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    trimmed_to BIGINT NOT NULL,
    -- Whatever lies behind it and up to trimmed_to is still to be given up.
    cleared_to BIGINT NOT NULL,
    parts INTEGER NOT NULL,
    hash BYTEA NOT NULL,
    state_vector BYTEA NOT NULL,
    deletes BYTEA NOT NULL
  );
  `,
]

/** A step may rewrite a large table, and whoever starts meanwhile waits for it: longer than any other statement may take. */
const stepMs = 6 * 3_600_000

/** The schema version this program writes. */
export const postgresSchemaVersion: number = steps.length

/** Brings a database to {@link postgresSchemaVersion} or to `target`, each step in a transaction of its own; throws where it is newer. */
export async function migratePostgres(database: Database, target: number = steps.length): Promise<void> {
  await makeVersionTable(database)
  for (;;) {
    // Who starts at the same time waits here, and then finds the step done.
    const isDone = await database.transaction(
      async (query) => {
        const [row] = await query('SELECT version FROM tierbook_schema WHERE id = 1 FOR UPDATE')
        const found = row?.['version'] as number
        requireKnown(found)
        if (found >= target) return true
        await query(steps[found] as string)
        await query('UPDATE tierbook_schema SET version = $1 WHERE id = 1', [found + 1])
        return false
      },
      { mayTakeMs: stepMs },
    )
    if (isDone) return
  }
}

/** For whoever may not change the database: throws where it is of another version. */
export async function requirePostgresSchema(database: Database): Promise<void> {
  const [row] = await database.query("SELECT to_regclass('tierbook_schema') IS NOT NULL AS is_there")
  const [version] = row?.['is_there'] === true ? await database.query('SELECT version FROM tierbook_schema') : []
  const found = (version?.['version'] as number | undefined) ?? 0
  requireKnown(found)
  if (found < steps.length)
    throw new Error(
      `the database has schema ${found}, this program reads ${steps.length}: start the server once, which upgrades it`,
    )
}

function requireKnown(found: number): void {
  if (found > steps.length)
    throw new Error(
      `the database has schema ${found}, this program knows up to ${steps.length}: start the newer Tierbook that wrote it`,
    )
}

/** Two programs that make the same table at once may meet in the catalogue: the second finds it made. */
async function makeVersionTable(database: Database): Promise<void> {
  const made = ['23505', '42710', '42P07']
  await database
    .query(
      'CREATE TABLE IF NOT EXISTS tierbook_schema (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)',
    )
    .catch((error: unknown) => {
      if (!made.includes(sqlState(error) ?? '')) throw error
    })
  await database.query('INSERT INTO tierbook_schema VALUES (1, 0) ON CONFLICT DO NOTHING')
}
