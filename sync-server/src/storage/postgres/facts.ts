// A book's facts in PostgreSQL.
import { type BookFacts, describeFacts, type FactsStore, factTableNames } from '../facts.ts'
import { openDatabase, type Row } from './database.ts'

/** Of a database that `openPostgresStorage` made or upgraded. */
export function openPostgresFacts({ url }: { url: string }): FactsStore {
  const database = openDatabase(url)
  return {
    async read(book) {
      const read = async (table: (typeof factTableNames)[number]): Promise<[string, readonly Row[]]> => {
        const { columns } = describeFacts(table)
        return [
          table,
          await database.query(`SELECT ${columns.join(', ')} FROM tierbook_${table} WHERE book = $1`, [book]),
        ]
      }
      const rows = await Promise.all(factTableNames.map(read))
      return Object.fromEntries(rows) as unknown as BookFacts
    },
    async write(facts) {
      await database.transaction(async (query) => {
        for (const table of factTableNames) {
          const { columns, onConflict } = describeFacts(table)
          const places = columns.map((_, i) => `$${i + 1}`).join(', ')
          const insert = `INSERT INTO tierbook_${table} (${columns.join(', ')}) VALUES (${places}) ${onConflict}`
          for (const row of facts[table])
            await query(
              insert,
              columns.map((column) => row[column]),
            )
        }
      })
    },
    close: () => database.close(),
  }
}
