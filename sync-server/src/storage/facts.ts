// What a store knows of a book beside its updates: when it began, its people with their devices, and the invites that were redeemed.
// Both kinds of store keep them in tables of the same columns, so that they can be carried from one to the other as they are.

/** Values by column. */
export type FactRow = Readonly<Record<string, string | number | null>>

/** The rows of one book, by table. */
export type BookFacts = Readonly<Record<keyof typeof factTables, readonly FactRow[]>>

/** Reads and writes them, on a connection of its own. */
export interface FactsStore {
  read(book: string): Promise<BookFacts>
  /** All of them or none. A book that is there keeps its own beginning; of people, devices and invites these hold. */
  write(facts: BookFacts): Promise<void>
  /** Twice is harmless. */
  close(): Promise<void>
}

/** Columns that are the key come first. */
export const factTables = {
  books: { key: ['book'], others: ['created_at', 'created_by', 'generation'] },
  actors: { key: ['book', 'actor'], others: ['joined_at', 'name', 'role', 'revoked_at'] },
  devices: { key: ['book', 'actor', 'device'], others: ['name', 'first_seen_at', 'last_seen_at', 'revoked_at'] },
  redeemed_invites: { key: ['id'], others: ['book', 'actor', 'redeemed_at'] },
} as const

export const factTableNames = Object.keys(factTables) as readonly (keyof typeof factTables)[]

/** The columns of a table, and what an insert does where the row is there. */
export function describeFacts(table: keyof typeof factTables): { columns: readonly string[]; onConflict: string } {
  const { key, others } = factTables[table]
  const replaced = others.map((column) => `${column} = excluded.${column}`).join(', ')
  const onConflict = `ON CONFLICT (${key.join(', ')}) DO ${table === 'books' ? 'NOTHING' : `UPDATE SET ${replaced}`}`
  return { columns: [...key, ...others], onConflict }
}
