// `doctor` for several nodes: looks at their database as a node would use it, and changes nothing but the row that readiness writes too.
import { Client } from 'pg'
import { readSigningKey } from '../identity/signing-key.ts'
import { databaseProblem, openDatabase, type Row } from '../storage/postgres/database.ts'
import { postgresSchemaVersion } from '../storage/postgres/migrations.ts'
import { openPostgresStorage, type PostgresStorage, unfinishedSecret } from '../storage/postgres/storage.ts'
import { type Examination, failed, judgeClock, judgeCommit, ok, warning } from './examination.ts'

/** More than a time server leaves between two machines. */
const clockSkewMs = 2_000
/** A node takes ten for its work and one for hints. */
const connectionsOfANode = 11

/** What depends on something missing is left out. */
export async function examineDatabase(options: {
  url: string
  hintsUrl: string | undefined
  now: () => number
}): Promise<Examination[]> {
  const { url, hintsUrl, now } = options
  const database = openDatabase(url)
  try {
    const [row] = await database.query(facts)
    if (!row) return []
    const found = [examineServer(row), examineWrites(row), examineConnections(row), examineDurability(row)]
    const schema = await examineSchema(database)
    found.push(schema)
    if (schema.status !== 'ok' || row['in_recovery'] === true) return found
    const storage = await openPostgresStorage({ url, readOnly: true })
    try {
      found.push(...(await examineStore(storage)))
      found.push(examineClocks(row, now()))
      const [last] = await database.query('SELECT max(received_at) AS at FROM tierbook_updates')
      found.push(judgeClock((last?.['at'] as number | null | undefined) ?? null, now()))
    } finally {
      await storage.close()
    }
    found.push(await examineHints(hintsUrl ?? url))
    return found
  } catch (cause) {
    return [failed('database', `cannot be used: ${databaseProblem(cause)}`)]
  } finally {
    await database.close()
  }
}

const facts = `
  SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS in_recovery,
    current_setting('default_transaction_read_only') = 'on' AS read_only, current_setting('max_connections')::int AS connections,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used, current_setting('fsync') = 'on' AS fsync,
    current_setting('synchronous_commit') AS synchronous_commit, current_setting('synchronous_standby_names') AS standbys,
    pg_database_size(current_database()) AS size, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at`

function examineServer(row: Row): Examination {
  return ok('database', `PostgreSQL ${String(row['version'])}, ${Math.ceil(Number(row['size']) / 2 ** 20)} MiB`)
}

function examineWrites(row: Row): Examination {
  if (row['in_recovery'] === true)
    return failed('primary', 'it is a standby: name the primary in TIERBOOK_DATABASE_URL')
  return row['read_only'] === true
    ? failed('primary', 'it takes no writes (default_transaction_read_only is on)')
    : ok('primary', 'it takes writes')
}

function examineConnections(row: Row): Examination {
  const free = Number(row['connections']) - Number(row['used'])
  const words = `${free} of ${String(row['connections'])} are free, a node takes up to ${connectionsOfANode}`
  return free < connectionsOfANode
    ? warning('connections', `${words}: raise max_connections`)
    : ok('connections', words)
}

/** How much an acknowledgement is worth. */
function examineDurability(row: Row): Examination {
  const level = String(row['synchronous_commit'])
  if (row['fsync'] !== true)
    return failed('durability', 'fsync is off: a power cut takes acknowledged edits and perhaps the database')
  if (level === 'off')
    return warning('durability', 'synchronous_commit is off: a crash takes acknowledged edits of the last moments')
  const standbys = String(row['standbys'])
  if (standbys === '' || level === 'local')
    return ok('durability', `on the primary’s disk (synchronous_commit ${level})`)
  return ok('durability', `on the primary and ${standbys} (synchronous_commit ${level})`)
}

async function examineSchema({ query }: Pick<ReturnType<typeof openDatabase>, 'query'>): Promise<Examination> {
  const [row] = await query("SELECT to_regclass('tierbook_schema') IS NOT NULL AS is_there")
  if (row?.['is_there'] !== true) return warning('schema', 'none yet: no server has started on this database')
  const found = Number((await query('SELECT version FROM tierbook_schema'))[0]?.['version'])
  if (found > postgresSchemaVersion)
    return failed('schema', `${found}, this program knows ${postgresSchemaVersion}: a newer Tierbook wrote it`)
  return found < postgresSchemaVersion
    ? warning('schema', `${found}; the next start upgrades it to ${postgresSchemaVersion}: back it up first`)
    : ok('schema', String(found))
}

async function examineStore(storage: PostgresStorage): Promise<Examination[]> {
  if ((await storage.readSecret(unfinishedSecret)) !== undefined)
    return [failed('books', 'a move or a restore was cut short: run the same command again, it goes on where it was')]
  const times: number[] = []
  for (let i = 0; i < 20; i++) {
    const startedAt = performance.now()
    await storage.check()
    times.push(performance.now() - startedAt)
  }
  return [judgeCommit('commit', 'a commit', times), await examineKey(storage)]
}

async function examineKey(storage: PostgresStorage): Promise<Examination> {
  const key = await storage.readSecret('signing-key')
  if (key === undefined) return warning('signing key', 'none yet: the first node makes one')
  try {
    readSigningKey(key, 'in the database')
    return ok('signing key', 'in the database: whoever can read that signs in as anybody')
  } catch (cause) {
    return failed('signing key', cause instanceof Error ? cause.message : String(cause))
  }
}

function examineClocks(row: Row, now: number): Examination {
  const apart = Math.abs(Number(row['at']) - now)
  const words = `this machine and the database are ${apart} ms apart`
  return apart > clockSkewMs ? warning('clocks', `${words}: let both follow a time server`) : ok('clocks', words)
}

/** A hint to oneself, by the way that nodes tell each other. */
async function examineHints(url: string): Promise<Examination> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const name = `tierbook_doctor_${process.pid}`
    const heard = new Promise<boolean>((resolve) => {
      client.on('notification', () => resolve(true))
      setTimeout(() => resolve(false), 2_000).unref()
    })
    await client.query(`LISTEN ${name}`)
    await client.query(`NOTIFY ${name}`)
    return (await heard)
      ? ok('hints', 'NOTIFY arrives')
      : warning(
          'hints',
          'NOTIFY does not arrive: set TIERBOOK_HINTS_URL to the database itself; until then others’ edits come with the poll',
        )
  } catch (cause) {
    return warning('hints', `${databaseProblem(cause)}: others’ edits come with the poll`)
  } finally {
    await client.end().catch(() => {})
  }
}
