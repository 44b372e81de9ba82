// A pool of connections to PostgreSQL: plain statements, each by itself a transaction, so that any pooler may stand between.
import { Pool, type PoolClient, types } from 'pg'

/** A statement's rows. Whole numbers come as numbers, `bytea` as bytes. */
export type Row = Readonly<Record<string, unknown>>

/** What the storage needs of a database. */
export interface Database {
  /** Rejects within {@link queryMs}, also where nobody answers. */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>
  /** Several statements on one connection, all or none. Each may take `mayTakeMs` where that is given, as to wait for another program's work. */
  transaction<T>(work: (query: Database['query']) => Promise<T>, options?: { readonly mayTakeMs?: number }): Promise<T>
  /** Twice is harmless. */
  close(): Promise<void>
}

/** Beyond these a primary counts as lost: nothing was acknowledged, and devices are asked to come back. */
const connectMs = 5_000
const queryMs = 15_000
/** Commits go one after the other; reads of books and of who may enter go beside them. */
const connections = 10

const int8 = 20

/** Opens no connection yet. `url` may hold a password: it is in no message. */
export function openDatabase(url: string, { longestMs = queryMs }: { readonly longestMs?: number } = {}): Database {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectMs,
    query_timeout: longestMs,
    keepAlive: true,
    application_name: 'tierbook',
    types: { getTypeParser: parserOf },
  })
  // A connection that breaks is replaced; what was asked on it is rejected where it was asked.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  let closing: Promise<void> | null = null
  const on = (client: Pool | PoolClient, mayTakeMs?: number): Database['query'] => {
    return async (text, values = []) => {
      const asked = { text, values: values as unknown[], ...(mayTakeMs ? { query_timeout: mayTakeMs } : {}) }
      return (await client.query<Row>(asked)).rows
    }
  }
  return {
    query: on(pool),
    async transaction(work, { mayTakeMs } = {}) {
      const client = await pool.connect()
      let failure: Error | undefined
      try {
        await client.query('BEGIN')
        const result = await work(on(client, mayTakeMs))
        await client.query('COMMIT')
        return result
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error))
        throw error
      } finally {
        // A connection that saw a failure is not used again: ending it rolls back whatever was begun.
        client.release(failure)
      }
    },
    close: () => (closing ??= pool.end()),
  }
}

/** Times and counters lie below 2^53. */
const parserOf: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === int8 ? Number : (types.getTypeParser as (oid: number, format?: 'text' | 'binary') => unknown)(oid, format)

/** PostgreSQL's five letters for what went wrong; undefined where the error is not its own. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** What went wrong, in words. A host with several addresses gives an error for each, and no words of its own. */
export function databaseProblem(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(databaseProblem).join(', ')
  return error instanceof Error ? error.message : String(error)
}

/** Plain bytes: a Buffer would compare and print as something else. */
export function bytesOf(value: unknown): Uint8Array {
  const { buffer, byteOffset, length } = value as Buffer
  return new Uint8Array(buffer, byteOffset, length)
}
