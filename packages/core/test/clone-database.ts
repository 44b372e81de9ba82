// Copies an IndexedDB database as it is, as a disk is found after the process was killed.
import { openDB } from 'idb'

/** Copies `from` to `to`; the source may be open elsewhere. */
export async function cloneDatabase(from: string, to: string): Promise<void> {
  const source = await openDB(from)
  const stores = [...source.objectStoreNames]
  const target = await openDB(to, source.version, {
    upgrade(db) {
      for (const store of stores) {
        const { keyPath, autoIncrement } = source.transaction(store).store
        db.createObjectStore(store, { autoIncrement, ...(keyPath === null ? {} : { keyPath: keyPath as string }) })
      }
    },
  })
  for (const store of stores) {
    const { keyPath } = source.transaction(store).store
    for (const key of await source.getAllKeys(store)) {
      const value: unknown = await source.get(store, key)
      await (keyPath === null ? target.put(store, value, key) : target.put(store, value))
    }
  }
  source.close()
  target.close()
}
