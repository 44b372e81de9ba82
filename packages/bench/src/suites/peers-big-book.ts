// Our server beside those one would take instead: a restart under a book of 10,000 clients and 100,000 actions, and edits on it.
//
// Ours gives its own devices a first opening packed. They count the bytes that the parts say they unpack to; the first device of a run unpacks each part as well
// and checks its length before it counts as whole. To apply what came is the device's work with every server, and is in none of these figures.
import type { Books } from '../book/books.ts'
import { measureCold, measureEdits, measureReconnect } from '../peers/big-book.ts'
import { makeBoth } from '../peers/edits.ts'
import { createFigures, type Figures, inTurns, mib } from '../peers/figures.ts'
import { type Contender, contenders } from '../peers/peer-server.ts'
import { onCopy, removeAll, storeAll } from '../peers/stored-books.ts'
import { type Bar, bar, type SuiteResult } from '../report.ts'

/** A round takes some five minutes. */
const mostRounds = 2
/** Edits on the big book, behind ten that bring it into memory. */
const [perSecond, seconds] = [20, 30]

const { ours, levelNaive, hocuspocusNaive, hocuspocusOurs } = contenders

/** Each server in a process of its own, in turn. */
export async function peersBigBookSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const figures = createFigures()
  await compareBigBook(books, figures, Math.min(options.rounds, mostRounds))
  return { suite: 'peers-big-book', timings: figures.timings(), bars: barsOf(figures), notes: figures.notes() }
}

/** A restart under a big book, and edits on it. */
async function compareBigBook(books: Books, figures: Figures, rounds: number): Promise<void> {
  const edits = await makeBoth(books, 10 + perSecond * seconds)
  const onDisk = await storeAll([ours, levelNaive, hocuspocusNaive, hocuspocusOurs], books)
  await inTurns(onDisk, rounds, async (stored, name) => {
    for (const [devices, what] of [
      [1, 'cold open, first device'],
      [20, 'cold open, twenty at once'],
    ] as const) {
      const cold = await measureCold(stored, books, devices)
      figures.add(`${what}, whole`, name, cold.wholeMs)
      figures.add(`${what}, server CPU`, name, cold.cpuMs)
      figures.add(`${what}, longest stall of another room`, name, cold.stallMs)
      figures.addBytes(`${what}, RSS growth`, name, cold.rssGrowth)
      figures.note(`${what}, ${name}: the measuring process used ${cold.ownCpuMs.toFixed(0)} ms of CPU itself`)
      if (cold.isHasty) figures.note(`${what}, ${name}: said "synced" before it was`)
    }
    const stream = { edits: edits[stored.contender.layout], perSecond }
    const edited = await onCopy(stored, (copy) => measureEdits(copy, books, stream))
    figures.add('20 edits/s on the big book, CPU of an edit', name, edited.cpuMsPerEdit)
    figures.add('20 edits/s on the big book, slowest', name, edited.maxMs)
    figures.addBytes('20 edits/s on the big book, RSS', name, edited.rssBytes)
  })
  // LevelDB's asks every device for the whole document and passes gigabytes: it is left out.
  const mayReconnect = onDisk.filter(({ contender }) => contender.script !== 'y-websocket')
  await inTurns(mayReconnect, rounds, async (stored, name) => {
    const back = await measureReconnect(stored, books, 500)
    figures.add('500 come back, all in step', name, back.wholeMs)
    figures.add('500 come back, server CPU', name, back.cpuMs)
    figures.add('500 come back, longest stall of another room', name, back.stallMs)
    figures.addBytes('500 come back, RSS growth', name, back.rssGrowth)
    figures.note(`500 come back, ${name}: ${back.synced} in step, asked for ${(back.askedBytes / mib).toFixed(1)} MiB`)
  })
  removeAll(onDisk)
}

function barsOf({ median }: Figures): Bar[] {
  const to = (what: string, base: Contender, target: number, of = 'the best peer (a)') =>
    bar(`${what}, to ${of}`, median(what, ours.name) / median(what, base.name), 'x', target)
  const best = (what: string) =>
    [levelNaive, hocuspocusNaive].reduce((a, b) => (median(what, a.name) <= median(what, b.name) ? a : b))
  const toBest = (what: string, target: number) => to(what, best(what), target)
  const hocuspocus = 'Hocuspocus (a)'
  const bytes = (what: string, most: number, words: string) =>
    bar(`${what}, to ${words}`, median(what, ours.name) / most, 'x', 1)
  return [
    toBest('cold open, first device, whole', 0.05),
    toBest('cold open, twenty at once, whole', 0.2),
    toBest('cold open, twenty at once, longest stall of another room', 0.1),
    toBest('cold open, twenty at once, RSS growth', 0.3),
    to('500 come back, all in step', hocuspocusNaive, 0.2, hocuspocus),
    to('500 come back, longest stall of another room', hocuspocusNaive, 0.1, hocuspocus),
    bytes('500 come back, RSS growth', 300 * mib, '300 MiB'),
    to('20 edits/s on the big book, CPU of an edit', hocuspocusNaive, 0.25, hocuspocus),
    bar('20 edits/s on the big book, slowest', median('20 edits/s on the big book, slowest', ours.name), 'ms', 100),
    bytes('20 edits/s on the big book, RSS', 200 * mib, '200 MiB'),
  ]
}
