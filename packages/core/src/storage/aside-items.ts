// What was set aside, in the journal's database. Loaded when there is something.
import type { Connection } from './connect-database.ts'
import { asideOf } from './damage.ts'
import type { JournalSchema } from './journal-database.ts'
import { SetAside, type StorageHandle } from './storage.ts'
import { sumOfValue } from '../sums.ts'

/** Reads and writes the items of one database. */
export function asideItems(connection: Connection<JournalSchema>): StorageHandle['aside'] {
  return {
    async add(items) {
      const transaction = connection.db.transaction('aside', 'readwrite', { durability: 'strict' })
      await Promise.all([
        ...items.map((item) => transaction.store.put({ ...item, keptSum: sumOfItem(item) } as SetAside)),
        transaction.done,
      ])
    },
    async list() {
      const stored = await connection.db.getAll('aside')
      return stored.map(openItem).sort((a, b) => a.at - b.at)
    },
    async remove(ids) {
      const transaction = connection.db.transaction('aside', 'readwrite')
      await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done])
    },
  }
}

/** An item that is not as it was is still shown, with all that is left of it. */
function openItem(stored: SetAside): SetAside {
  const { keptSum, ...item } = stored as SetAside & { keptSum?: number }
  const isChanged = keptSum !== undefined && keptSum !== sumOfItem(item)
  if (!isChanged && SetAside.safeParse(item).success) return item
  const at = Number.isFinite(item.at) ? item.at : 0
  return {
    ...asideOf({ store: 'aside', key: item.id, value: item, flaw: 'changed since it was set aside', at }),
    id: item.id,
  }
}

/** In an order of its own: a database gives the fields back in any. */
function sumOfItem(item: SetAside): number {
  return sumOfValue(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
}
