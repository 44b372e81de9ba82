// Our server beside others under 500 small books with two devices each: what an edit costs, how late it comes, and how many a second are too many.
import { createFigures, mostRounds, say } from '../peers/figures.ts'
import { highestRate, measurePairs } from '../peers/pairs.ts'
import { contenders, type Layout } from '../peers/peer-server.ts'
import { makeSmallBooks, type SmallBook } from '../peers/small-books.ts'
import type { Books } from '../book/books.ts'
import { quantile } from '../measure.ts'
import { type Bar, bar, type SuiteResult } from '../report.ts'

const { ours, relay, levelNaive, levelOurs, hocuspocusNaive, hocuspocusOurs } = contenders
const all = [ours, relay, levelNaive, levelOurs, hocuspocusNaive, hocuspocusOurs]

const rooms = 500
/** Edits a second of all books together: two a second in each, then more. */
const rates = [1_000, 2_000, 3_000, 4_500, 6_000, 8_000, 10_000, 12_500, 16_000, 20_000, 25_000]
const seconds = 2

/** Each server in a process of its own, in turn. */
export async function peersPairsSuite(_books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const figures = createFigures()
  const highest = new Map<string, number[]>()
  const edits = Math.ceil((rates.reduce((sum, rate) => sum + rate, rates[0] as number) * seconds) / rooms) + 1
  const books: Record<Layout, readonly SmallBook[]> = {
    ours: await makeSmallBooks('ours', { count: rooms, edits }),
    naive: await makeSmallBooks('naive', { count: rooms, edits }),
  }
  for (let round = 1; round <= Math.min(options.rounds, mostRounds); round++) {
    for (const contender of all) {
      say(`${contender.name}, round ${round}`)
      const measured = await measurePairs(contender, books[contender.layout], { rates, seconds })
      const [lowest] = measured
      figures.add('500 rooms × 2, 1,000 edits/s, CPU of an edit', contender.name, lowest?.cpuMs ?? Number.NaN)
      figures.add('500 rooms × 2, 1,000 edits/s, 99 of 100', contender.name, lowest?.p99Ms ?? Number.NaN)
      highest.set(contender.name, [...(highest.get(contender.name) ?? []), highestRate(measured)])
    }
  }
  const rate = (name: string) => quantile(highest.get(name) ?? [], 0.5)
  const notes = all.map(({ name }) => `most edits a second with 99 of 100 within 100 ms, ${name}: ${rate(name)}`)
  const to = (what: string, target: number): Bar =>
    bar(
      `500 rooms × 2, 1,000 edits/s, ${what}, to LevelDB (a)`,
      figures.median(`500 rooms × 2, 1,000 edits/s, ${what}`, ours.name) /
        figures.median(`500 rooms × 2, 1,000 edits/s, ${what}`, levelNaive.name),
      'x',
      target,
    )
  return {
    suite: 'peers-pairs',
    timings: figures.timings(),
    bars: [
      to('CPU of an edit', 0.5),
      to('99 of 100', 1),
      bar('500 rooms × 2, highest rate of LevelDB (a), to ours', rate(levelNaive.name) / rate(ours.name), 'x', 0.5),
    ],
    notes,
  }
}
