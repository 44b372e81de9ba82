// What every storage must do; run by the storages here and by anybody's own.
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import type { BookStorage, StorageHandle } from '../storage/storage.ts'

/** One promise of the contract: `run` rejects where it is broken. */
export interface ContractCase {
  readonly name: string
  run(): Promise<void>
}

/**
 * The cases of the storage contract. `create` gives a storage that holds what earlier ones of the same `place` wrote.
 * @example
 * for (const { name, run } of storageContract(() => indexedDb())) test(name, run)
 */
export function storageContract(create: (place: string) => BookStorage): readonly ContractCase[] {
  const cases: [string, (place: string) => Promise<void>][] = [
    [
      'an edit is there after closing and opening again',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        first.doc.getArray('log').insert(0, ['one'])
        await first.handle.close()
        const second = await open(create(place), book)
        expectEqual(second.doc.getArray('log').toArray(), ['one'], 'log after opening again')
        await second.handle.close()
      },
    ],
    [
      'books do not see each other',
      async (place) => {
        const first = await open(create(place), createId())
        first.doc.getArray('log').insert(0, ['one'])
        const other = await open(create(place), createId())
        expectEqual(other.doc.getArray('log').toArray(), [], 'log of another book')
        await first.handle.close()
        await other.handle.close()
      },
    ],
    [
      'a journal record is listed until it is removed, also after opening again',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        await first.handle.journal.append([{ id: 'a', update: new Uint8Array([0, 0]) }])
        await first.handle.journal.append([{ id: 'b', update: new Uint8Array([0, 0]) }])
        await first.handle.journal.remove(['a', 'never-there'])
        await first.handle.close()
        const second = await open(create(place), book)
        expectEqual(
          (await second.handle.journal.list()).map((record) => record.id),
          ['b'],
          'journal',
        )
        await second.handle.close()
      },
    ],
    [
      'marks hold structured values by key',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        await first.handle.marks.set('clocks', [[1, 2]])
        await first.handle.marks.set('other', 'x')
        await first.handle.marks.delete('other')
        await first.handle.close()
        const second = await open(create(place), book)
        expectEqual(await second.handle.marks.get('clocks'), [[1, 2]], 'mark')
        expectEqual(await second.handle.marks.get('other'), undefined, 'deleted mark')
        await second.handle.close()
      },
    ],
    [
      'closing twice is harmless and writes what was just edited',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        first.doc.getMap('clients').set('k', 'v')
        await Promise.all([first.handle.close(), first.handle.close()])
        const second = await open(create(place), book)
        expectEqual(second.doc.getMap('clients').get('k'), 'v', 'field after close')
        await second.handle.close()
      },
    ],
  ]
  return cases.map(([name, run]) => ({ name, run: () => run(createId()) }))
}

async function open(storage: BookStorage, book: string): Promise<{ doc: Y.Doc; handle: StorageHandle }> {
  const doc = new Y.Doc()
  const onProblem = (problem: Error | null) => {
    if (problem) throw problem
  }
  return { doc, handle: await storage.open({ book, doc, onProblem }) }
}

function expectEqual(came: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(came), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`)
}
