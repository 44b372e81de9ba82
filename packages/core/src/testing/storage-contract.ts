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
    [
      'records appended together are all there, and one with a known id takes its place',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        const [one, two] = [new Uint8Array([0, 0]), new Uint8Array([0, 0, 0])]
        await first.handle.journal.append(['a', 'b', 'c'].map((id) => ({ id, update: one })))
        await first.handle.journal.append([{ id: 'b', update: two }])
        await first.handle.close()
        const second = await open(create(place), book)
        const records = [...(await second.handle.journal.list())].sort((a, b) => (a.id < b.id ? -1 : 1))
        expectEqual(
          records.map(({ id, update }) => [id, update.length]),
          [
            ['a', 2],
            ['b', 3],
            ['c', 2],
          ],
          'journal',
        )
        await second.handle.close()
      },
    ],
    [
      'what was set aside stays, with its bytes and texts, until it is removed',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        const item = (id: string, at: number) => ({ id, at, kind: 'row' as const, reason: 'cut', code: null })
        await first.handle.aside.add([
          { ...item('late', 2), bytes: new Uint8Array([1, 255]) },
          { ...item('early', 1), kind: 'actions', texts: ['{}'] },
          item('gone', 3),
        ])
        await first.handle.aside.remove(['gone', 'never-there'])
        await first.handle.close()
        const second = await open(create(place), book)
        const items = await second.handle.aside.list()
        expectEqual(
          items.map(({ id, kind, texts, bytes }) => [id, kind, texts ?? null, bytes ? [...bytes] : null]),
          [
            ['early', 'actions', ['{}'], null],
            ['late', 'row', null, [1, 255]],
          ],
          'set aside',
        )
        await second.handle.close()
      },
    ],
    [
      'a thousand edits of a session, deletes among them, come back as they were',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        for (let step = 0; step < 1_000; step++) {
          first.doc.getArray('log').insert(step, [`entry ${step} é 株`])
          first.doc.getMap('clients').set(`c${step % 7}`, step)
        }
        first.doc.getMap('meta').set('gone', 1)
        first.doc.getMap('meta').delete('gone')
        await first.handle.flush()
        await first.handle.close()
        const second = await open(create(place), book)
        for (const root of ['clients', 'meta'])
          expectEqual(second.doc.getMap(root).toJSON(), first.doc.getMap(root).toJSON(), root)
        expectEqual(second.doc.getArray('log').toArray(), first.doc.getArray('log').toArray(), 'log')
        await second.handle.close()
      },
    ],
    [
      'another document takes the place of the first: whole, without what it took from the journal, and what is still written into the first is not stored',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        first.doc.getArray('log').insert(0, ['first'])
        const update = Y.encodeStateAsUpdate(first.doc)
        await first.handle.journal.append(['a', 'late'].map((id) => ({ id, update })))
        const next = new Y.Doc()
        next.getArray('log').insert(0, ['next'])
        const before = first.handle.documentName()
        await first.handle.replace(next, ['a'])
        const name = first.handle.documentName()
        expectEqual(name === before, false, 'the other document has the name of the first')
        first.doc.getArray('log').insert(1, ['too late'])
        next.getArray('log').insert(1, ['after'])
        await first.handle.close()
        const second = await open(create(place), book)
        expectEqual(second.doc.getArray('log').toArray(), ['next', 'after'], 'log')
        expectEqual(second.handle.documentName(), name, 'name of the document')
        const left = (await second.handle.journal.list()).map(({ id, isOfAnother }) => [id, isOfAnother ?? false])
        expectEqual(left, [['late', true]], 'journal')
        await second.handle.close()
      },
    ],
    [
      'storing again and forgetting a copy where nothing is wrong change nothing',
      async (place) => {
        const book = createId()
        const first = await open(create(place), book)
        first.doc.getArray('log').insert(0, ['one'])
        await first.handle.restore()
        await first.handle.forgetCopy()
        first.doc.getArray('log').insert(1, ['two'])
        await first.handle.close()
        const second = await open(create(place), book)
        expectEqual(second.doc.getArray('log').toArray(), ['one', 'two'], 'log')
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
