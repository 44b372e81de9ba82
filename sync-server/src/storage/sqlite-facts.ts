// A book's facts in SQLite.
import { DatabaseSync } from 'node:sqlite'
import { chainStart } from './chain.ts'
import { type BookFacts, describeFacts, type FactRow, type FactsStore, factTableNames } from './facts.ts'

/** Of a database that `openSqliteStorage` made or upgraded. */
export function openSqliteFacts({ file, readOnly = false }: { file: string; readOnly?: boolean }): FactsStore {
  const database = new DatabaseSync(file, { readOnly })
  database.exec('PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON')
  return {
    async read(book) {
      const read = (table: (typeof factTableNames)[number]) => {
        const { columns } = describeFacts(table)
        return database.prepare(`SELECT ${columns.join(', ')} FROM ${table} WHERE book = ?`).all(book) as FactRow[]
      }
      return Object.fromEntries(factTableNames.map((table) => [table, read(table)])) as unknown as BookFacts
    },
    async write(facts) {
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const table of factTableNames) {
          const { columns, onConflict } = describeFacts(table)
          // Here a book's row also says where its chain stands: at its start.
          const start = table === 'books' ? { head: chainStart } : {}
          const all = [...columns, ...Object.keys(start)]
          const insert = database.prepare(
            `INSERT INTO ${table} (${all.join(', ')}) VALUES (${all.map((column) => `:${column}`).join(', ')}) ${onConflict}`,
          )
          for (const row of facts[table]) insert.run({ ...row, ...start })
        }
        database.exec('COMMIT')
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
    },
    async close() {
      if (database.isOpen) database.close()
    },
  }
}
