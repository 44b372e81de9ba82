// What must hold at the end of a run: the oracle, the log alone, every tab and the server agree, and nothing that was written is lost.
import * as Y from 'yjs'
import type { Book } from '../../src/book.ts'
import { verifyLog } from '../../src/audit.ts'
import { createId } from '../../src/schema/ids.ts'
import { memory } from '../../src/storage/memory.ts'
import { openForTest } from '../../src/testing/open-for-test.ts'
import { flawOf, readDescribed } from './described.ts'
import { equal } from './equal.ts'
import { refusedWord } from './gate.ts'
import { readLog } from './oracle.ts'
import type { ModelReport } from './run-model-seed.ts'
import { fieldsShown, whatShows } from './what-shows.ts'
import type { World } from './world.ts'

/** Days on which tiers are compared: before, among and after the dates that commands draw. */
const days = ['2024-06-01', '2025-03-15', '2026-01-31', '2026-11-22', '2027-05-05', '2027-12-28', '2031-01-01']

/** Compares it all, and counts for `report`; `written` are the texts of all that was ever written. */
export async function checkWorld(world: World, written: ReadonlySet<string>, report: ModelReport): Promise<void> {
  const { tabs, hub } = world
  // Two tabs that recover may both bring an action back: the same text twice counts once (LG6).
  const log = distinct(hub.doc)
  const wanted = [...written].filter((text) => !text.includes(refusedWord)).sort()
  equal(
    'written and not on the server',
    wanted.filter((text) => !log.includes(text)),
    [],
  )
  equal(
    'on the server and never written, or refused',
    log.filter((text) => !wanted.includes(text)),
    [],
  )
  const expected = readLog(wanted, days)
  equal(
    'written by no command',
    wanted.filter((text) => !world.writings.all.has(text)),
    [],
  )
  const writings = [...world.writings.all.values()]
  const described = readDescribed(
    writings.filter(({ text }) => wanted.includes(text)),
    { refused: writings.filter(({ text }) => text.includes(refusedWord)), lost: world.lost },
  )
  for (const [place, { book }] of tabs.entries()) {
    equal(`log of tab ${place}`, distinct(book.doc), wanted)
    equal(
      `tab ${place}, problems`,
      { conflicting: book.status.conflicting, problems: book.problems() },
      { conflicting: 0, problems: [] },
    )
    equal(`tab ${place} against the oracle`, whatShows(book, days), expected)
    const shown = fieldsShown(book, described)
    equal(`tab ${place}, what describes clients, tiers and the book`, flawOf(shown, described), null)
    report.fields += shown.size
    for (const root of ['meta', 'clients', 'tiers'])
      equal(`tab ${place}, ${root}`, book.doc.getMap(root).toJSON(), hub.doc.getMap(root).toJSON())
  }
  const replayed = await replay(wanted)
  equal('a replay of the log alone against the oracle', whatShows(replayed, days), expected)
  const inLog = new Map([...described].filter(([place]) => !place.endsWith('/note')))
  const replayedFields = [...fieldsShown(replayed, inLog)].filter(([place]) => !place.endsWith('/note'))
  equal('what describes them in a replay of the log alone', flawOf(new Map(replayedFields), inLog), null)
  await replayed.close()
  await checkSetAside(world, written, report)
  report.actions = log.length
  report.clients = expected.length
  report.contested = expected.filter(({ contested }) => contested).length
}

/** LG6: nothing that honest devices do looks like a forgery, and where they sign a signature vouches for all of it. */
export async function checkLogs({ tabs }: World, { signed }: { signed: boolean }): Promise<void> {
  for (const [place, { book }] of tabs.entries()) {
    const { actions, vouched, unsigned, problems } = await verifyLog(book)
    const expected = signed ? { vouched: actions, unsigned: 0 } : { vouched: 0, unsigned: actions }
    equal(`tab ${place}, what its log proves of itself`, { problems, vouched, unsigned }, { problems: [], ...expected })
  }
}

/** SY3: what the server did not take is on its author's device, whole. */
async function checkSetAside({ tabs }: World, written: ReadonlySet<string>, report: ModelReport): Promise<void> {
  for (const text of written) {
    if (!text.includes(refusedWord)) continue
    const own = tabs.find(({ profile }) => isBy(text, profile.author.id))
    const aside = (await own?.book.setAside())?.filter(({ kind, texts }) => kind === 'actions' && texts?.includes(text))
    equal(`set aside once: ${text}`, aside?.length, 1)
    report.setAside += 1
  }
}

/** The texts in another order than any replica has them. */
async function replay(texts: readonly string[]): Promise<Book> {
  const storage = memory()
  const book = createId()
  const doc = new Y.Doc()
  const handle = await storage.open({ book, doc, onProblem() {} })
  doc.getArray('log').insert(0, [...texts].reverse())
  await handle.close()
  return openForTest({ id: book, storage })
}

function distinct(doc: Y.Doc): string[] {
  return [...new Set(textsOf(doc))].sort()
}

/** The log's elements. */
export function textsOf(doc: Y.Doc): string[] {
  return doc.getArray<string>('log').toArray()
}

/** Whether an action is this author's. */
export function isBy(text: string, author: string): boolean {
  return text.includes(`"by":"${author}"`)
}
