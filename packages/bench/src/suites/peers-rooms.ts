// Our server beside those one would take instead: a room of 200 devices, SIGKILL in a stream of edits, thousands of rooms.
import { type Books, createBooks } from '../book/books.ts'
import { type Edits, makeBoth, makeFirstUpdate } from '../peers/edits.ts'
import { createFigures, type Figures, inTurns, mib, mostRounds, say } from '../peers/figures.ts'
import { measureManyRooms } from '../peers/many-rooms.ts'
import { measureOneRoom } from '../peers/one-room.ts'
import { contenders, type Layout } from '../peers/peer-server.ts'
import { onCopy, removeAll, type StoredBook, storeAll, writerOf } from '../peers/stored-books.ts'
import { type DeathFigures, measureDeath } from '../peers/sudden-death.ts'
import { type Bar, bar, type SuiteResult } from '../report.ts'

/** How often each server is killed at each rate. */
const deaths = 10

const { ours, relay, levelNaive, levelOurs, memoryNaive, hocuspocusNaive, hocuspocusOurs } = contenders

/** Each server in a process of its own, in turn. */
export async function peersRoomsSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const figures = createFigures()
  await compareOneRoom(figures, Math.min(options.rounds, mostRounds))
  await compareManyRooms(books, figures)
  return { suite: 'peers-rooms', timings: figures.timings(), bars: barsOf(figures), notes: figures.notes() }
}

/** 200 devices on a small book; and SIGKILL while they write. */
async function compareOneRoom(figures: Figures, rounds: number): Promise<void> {
  const books = createBooks({ clients: 200, actions: 2_000, sessions: 10 })
  const edits = await makeBoth(books, 2_000)
  const inRoom = await storeAll(
    [relay, ours, levelNaive, levelOurs, memoryNaive, hocuspocusNaive, hocuspocusOurs],
    books,
  )
  await inTurns(inRoom, rounds, async (stored, name) => {
    const room = { clients: 200, edits: edits[stored.contender.layout], warmUp: 500, steady: 750 }
    const { steadyUs, flatOutUs } = await onCopy(stored, (copy) => measureOneRoom(copy, books, room))
    figures.add('one room, 50 edits/s, CPU of a delivery', name, steadyUs / 1_000)
    figures.add('one room, flat out, CPU of a delivery', name, flatOutUs / 1_000)
  })
  await compareDeaths(
    inRoom.filter(({ contender }) => contender.isDurable),
    { books, figures, edits },
  )
  removeAll(inRoom)
}

/** SIGKILL in a stream of edits, again and again: what somebody had been shown must be there afterwards. */
async function compareDeaths(
  onDisk: readonly StoredBook[],
  { books, figures, edits }: { books: Books; figures: Figures; edits: Record<Layout, Edits> },
): Promise<void> {
  for (const perSecond of [200, 2_000, 5_000]) {
    const runs = new Map<string, DeathFigures[]>()
    await inTurns(onDisk, deaths, async (stored, name) => {
      const stream = { edits: edits[stored.contender.layout], perSecond, seconds: 1.6 }
      const run = await onCopy(stored, (copy) => measureDeath(copy, books, stream))
      runs.set(name, [...(runs.get(name) ?? []), run])
      if (stored.contender === ours && run.lost > 0)
        throw new Error(`ours lost ${run.lost} edits that somebody had been shown`)
    })
    for (const [name, each] of runs) {
      const lost = each.reduce((sum, run) => sum + run.lost, 0)
      const shown = each.reduce((sum, run) => sum + run.shown, 0)
      const longest = Math.max(...each.map(({ lostSeconds }) => lostSeconds))
      figures.note(
        `SIGKILL at ${perSecond} edits/s, ${each.length} times, ${name}: ${lost} of ${shown} shown edits lost (${longest.toFixed(1)} s at most)`,
      )
    }
  }
}

async function compareManyRooms(books: Books, figures: Figures): Promise<void> {
  const actor = writerOf(books)
  const request = { rooms: 2_000, actor, firstUpdate: await makeFirstUpdate(actor) }
  for (const contender of [ours, levelNaive, hocuspocusNaive]) {
    say(contender.name)
    const { heapPerRoom, peakRssBytes } = await measureManyRooms(contender, request)
    figures.addBytes('2,000 rooms, heap kept of each', contender.name, heapPerRoom)
    figures.addBytes('2,000 rooms, most RSS', contender.name, peakRssBytes)
  }
}

function barsOf({ median }: Figures): Bar[] {
  const to = (what: string, base: { name: string }, target: number, of: string) =>
    bar(`${what}, to ${of}`, median(what, ours.name) / median(what, base.name), 'x', target)
  const bytes = (what: string, most: number, words: string) =>
    bar(`${what}, to ${words}`, median(what, ours.name) / most, 'x', 1)
  return [
    to('one room, 50 edits/s, CPU of a delivery', relay, 1.2, 'the relay'),
    to('one room, flat out, CPU of a delivery', hocuspocusNaive, 0.6, 'Hocuspocus (a)'),
    bytes('2,000 rooms, heap kept of each', 512, '0.5 KiB'),
    bytes('2,000 rooms, most RSS', 200 * mib, '200 MiB'),
  ]
}
