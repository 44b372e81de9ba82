// What a frame costs the server before it is taken: judged on the large book, honest and mutated; and what compressing it would cost.
import { admitUpdate, knownBookOfDoc } from '@tierbook/core/admission'
import { deflateRawSync } from 'node:zlib'
import * as Y from 'yjs'
import { type Books, loadNaiveBook, now } from '../book/books.ts'
import { createRandom } from '../book/random.ts'
import { collectGarbage, quantile, toTiming } from '../measure.ts'
import { makeEdits } from '../peers/edits.ts'
import { bar, type SuiteResult } from '../report.ts'

const kib = 1_024
/** About as many edits as make up 64 KiB, and sixteen times as many. */
const sizes = { 'one edit': 1, '64 KiB': 180, '1 MiB': 2_880 }
const mutations = 10_000
const slowMs = 5

/** Times each judgement on its own; memory is what one allocates, garbage included. */
export async function framesSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const { updates } = await makeEdits(books, 'ours', sizes['1 MiB'])
  const doc = loadNaiveBook(books.ours)
  const actor = books.facts.actors[0]?.id ?? ''
  const known = knownBookOfDoc(doc, { actorOf: () => undefined, largestN: () => books.size.actions * 2 })
  const judge = (update: Uint8Array) =>
    admitUpdate(update, { actor, role: 'editor', founding: false, known, now: now() })
  const frames = Object.entries(sizes).map(([name, edits]) => ({
    name,
    frame: Y.mergeUpdates(updates.slice(0, edits)),
  }))

  const timings = []
  for (const { name, frame } of frames) {
    const { decision } = judge(frame)
    if (decision !== 'accept') throw new Error(`${name}: expected to be accepted, got ${decision}`)
    timings.push(
      toTiming(
        `${name} judged, ${frame.length} bytes`,
        timeEach(options.rounds * 40, () => judge(frame)),
      ),
    )
  }
  const [one, middle, large] = timings as [(typeof timings)[0], (typeof timings)[0], (typeof timings)[0]]
  const frame = frames[1]?.frame ?? new Uint8Array()
  const mutated = timeMutated(frame, judge)
  return {
    suite: 'frames',
    timings: [...timings, toTiming(`${mutations} mutated frames of 64 KiB, each judged`, mutated)].map((timing) => ({
      ...timing,
      samples: timing.samples.slice(0, 100),
    })),
    bars: [
      bar('an edit judged on the large book', one.medianMs, 'ms', 0.05),
      bar('a frame of 64 KiB judged', middle.medianMs, 'ms', slowMs),
      bar('a mutated frame of 64 KiB judged, the slowest', quantile(mutated, 1), 'ms', slowMs),
      bar('memory to judge a frame of 64 KiB, to 10 MB', allocated(() => judge(frame)) / 10_000_000, 'x', 1),
      bar('16 times the frame, to 16 times the time', large.medianMs / middle.medianMs / 16, 'x', 1.5),
    ],
    notes: [
      compression('an edit', updates[0] ?? frame),
      compression('a frame of 64 KiB', frame),
      compression('the whole book', books.ours),
    ],
  }
}

function timeMutated(frame: Uint8Array, judge: (update: Uint8Array) => { decision: string }): number[] {
  const random = createRandom(20_261_123)
  const samples: number[] = []
  const decisions = new Set<string>()
  for (let i = 0; i < mutations; i++) {
    const mutated = frame.slice()
    for (let left = 1 + random.below(4); left > 0; left--) mutated[random.below(mutated.length)] = random.below(256)
    const decide = () => time(() => decisions.add(judge(mutated).decision))
    const ms = decide()
    // A machine that does other things is slow now and then; a frame that is slow is slow again.
    samples.push(ms < slowMs ? ms : Math.min(ms, decide(), decide(), decide()))
  }
  if (decisions.size < 2) throw new Error(`expected some taken and some refused, got ${[...decisions].join()}`)
  return samples
}

/** What permessage-deflate would save and cost: docs/decisions/0043. */
function compression(what: string, bytes: Uint8Array): string {
  let small = bytes
  const samples = Array.from({ length: 9 }, () => time(() => (small = deflateRawSync(bytes, { level: 6 }))))
  const ms = quantile(samples, 0.5)
  const share = ((100 * small.length) / bytes.length).toFixed(0)
  return `${what}, ${(bytes.length / kib).toFixed(1)} KiB, deflated to ${share} % in ${ms.toFixed(2)} ms`
}

function timeEach(count: number, work: () => unknown): number[] {
  collectGarbage()
  return Array.from({ length: count }, () => time(work))
}

function time(work: () => unknown): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

/** Bytes of the heap that `work` takes before any are collected. */
function allocated(work: () => unknown): number {
  const samples = Array.from({ length: 9 }, () => {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    work()
    return process.memoryUsage().heapUsed - before
  })
  return quantile(samples, 0.5)
}
