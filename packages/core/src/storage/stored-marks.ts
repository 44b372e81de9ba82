// The marks of a journal's database: sealed by checksums, and large ones in parts.
import type { Connection } from './connect-database.ts'
import type { JournalSchema } from './journal-database.ts'
import { countParts, joiningMark, keyOfPart, keysOfParts, splitMark } from './mark-parts.ts'
import { runInSlices } from '../slices.ts'
import type { StorageHandle } from './storage.ts'
import { openValue, sealValue } from './summed-value.ts'

/** What is no longer as it was written is set aside when it is asked for, and counts as not there. */
export function storedMarks(
  connection: Connection<JournalSchema>,
  { aside, now }: { aside: StorageHandle['aside']; now: () => number },
): StorageHandle['marks'] {
  async function read(key: string): Promise<unknown> {
    const { store } = connection.db.transaction('marks')
    const stored: unknown = await store.get(key)
    const places = Array.from({ length: countParts(stored) }, (_, place) => place)
    const parts = await Promise.all(places.map((place) => store.get(keyOfPart(key, place))))
    return parts.length === 0 ? stored : runInSlices(joiningMark(stored, parts))
  }

  /** In one transaction: a mark is never half of one value and half of another. */
  async function write(key: string, values: readonly (readonly [key: string, value: unknown])[]): Promise<void> {
    const transaction = connection.db.transaction('marks', 'readwrite')
    const { store } = transaction
    const asked = [
      store.delete(key),
      store.delete(keysOfParts(key)),
      ...values.map(([name, value]) => store.put(value, name)),
      transaction.done,
    ]
    // Without waiting for what each of them answers: the browser finishes it even if the page goes away now.
    transaction.commit()
    await Promise.all(asked)
  }

  const marks: StorageHandle['marks'] = {
    async get(key) {
      const stored = await read(key)
      const opened = openValue(stored)
      if (opened !== 'changed') return opened.value
      return (await import('./damage.ts')).setMarkAside({ aside, marks }, { key, value: stored, at: now() })
    },
    async set(key, value) {
      const { head, parts } = splitMark(sealValue(value))
      await write(key, [[key, head], ...parts.map((part, place) => [keyOfPart(key, place), part] as const)])
    },
    delete: (key) => write(key, []),
  }
  return marks
}
