// One edit on a large open book, beside the bare Yjs transactions that store as much.
import type { Book } from '@tierbook/core'
import type * as Y from 'yjs'
import { type Books, loadNaiveBook, openStoredBook, storeBook } from '../book/books.ts'
import { collectGarbage, toTiming } from '../measure.ts'
import { bar, ratio, type SuiteResult } from '../report.ts'

const ours = 'Tierbook: assignTier, not signed'
const signed = 'Tierbook: assignTier, signed (see the signatures suite)'
const bare = 'bare Yjs transaction: the same text into the same log'
const observed = 'Yjs transaction whose update somebody takes, as any storage must: the same text into the same log'
const naive = 'bare Yjs transaction, naive layout: tier field and log object'
const tiers = ['starter', 'professional', 'enterprise']
const chunk = 20 // edits of one kind in a row
const warmUp = 200 // edits that do not count: the first of a session takes a device entry along and finds its place in the list

/** Every edit is a command with its checks, its action, its transaction, and rows and subscribers told. */
export async function editSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const book = await openStoredBook(await storeBook(books.ours), books, { signed: false })
  const signing = await openStoredBook(await storeBook(books.ours), books)
  let told = 0
  book.subscribe(({ clients }) => (told += clients === 'all' ? 0 : clients.size))
  const bareLog = loadNaiveBook(books.ours).getArray<string>('log')
  const observedLog = loadNaiveBook(books.ours).getArray<string>('log')
  let taken = 0
  observedLog.doc?.on('update', (update: Uint8Array) => (taken += update.length))
  const naiveDoc = loadNaiveBook(books.naive)
  const clients = book.clients({ status: 'active' }).map(({ id }) => id)
  const samples = {
    ours: [] as number[],
    signed: [] as number[],
    bare: [] as number[],
    observed: [] as number[],
    naive: [] as number[],
  }
  const before = logLength(book)
  collectGarbage()

  const edits = warmUp + options.rounds * 100
  for (let from = 0; from < edits; from += chunk) {
    for (let place = from; place < from + chunk; place++)
      samples.ours.push(await timeCommand(book, clients[place % clients.length] ?? ''))
    for (let place = from; place < from + chunk; place++)
      samples.signed.push(await timeCommand(signing, clients[place % clients.length] ?? ''))
    const text = String(book.doc.getArray('log').get(logLength(book) - 1))
    for (let place = from; place < from + chunk; place++) samples.bare.push(timeBare(bareLog, text))
    for (let place = from; place < from + chunk; place++) samples.observed.push(timeBare(observedLog, text))
    for (let place = from; place < from + chunk; place++)
      samples.naive.push(timeNaive(naiveDoc, clients[place % clients.length] ?? '', place))
  }
  if (logLength(book) !== before + edits)
    throw new Error(`expected ${edits} more actions, got ${logLength(book) - before}`)
  if (told !== edits) throw new Error(`expected subscribers to hear of ${edits} clients, got ${told}`)
  if (taken < edits * 100) throw new Error(`expected the updates of ${edits} edits, got ${taken} bytes`)
  await book.close()
  await signing.close()

  const timings = [
    toTiming(ours, samples.ours.slice(warmUp)),
    toTiming(signed, samples.signed.slice(warmUp)),
    toTiming(bare, samples.bare.slice(warmUp)),
    toTiming(observed, samples.observed.slice(warmUp)),
    toTiming(naive, samples.naive.slice(warmUp)),
  ]
  return {
    suite: 'edit',
    timings: timings.map((timing) => ({ ...timing, samples: timing.samples.slice(0, 100) })),
    bars: [
      bar('an edit to the bare Yjs transaction on the same log', ratio(timings, ours, bare), 'x', 5),
      bar('an edit to a Yjs transaction whose update is taken', ratio(timings, ours, observed), 'x', 5),
      bar('an edit to the bare Yjs transaction of the naive layout', ratio(timings, ours, naive), 'x', 5),
    ],
    notes: [`medians of ${edits - warmUp} edits; the first 100 samples are kept`],
  }
}

async function timeCommand(book: Book, client: string): Promise<number> {
  const tier = tiers[(tiers.indexOf(book.client(client)?.tier ?? '') + 1) % tiers.length] ?? 'starter'
  const startedAt = performance.now()
  const result = await book.assignTier({ client, tier })
  const ms = performance.now() - startedAt
  if (!result.ok) throw new Error(result.error.message)
  if (book.client(client)?.tier !== tier) throw new Error(`${client}: expected ${tier} in the row`)
  return ms
}

function timeBare(log: Y.Array<string>, text: string): number {
  const startedAt = performance.now()
  log.doc?.transact(() => {
    log.insert(log.length, [text])
  })
  return performance.now() - startedAt
}

function timeNaive(doc: Y.Doc, client: string, place: number): number {
  const map = doc.getMap<Y.Map<unknown>>('clients').get(client)
  const log = doc.getArray<object>('log')
  const from = map?.get('tier')
  const to = tiers[place % tiers.length]
  const startedAt = performance.now()
  doc.transact(() => {
    map?.set('tier', to)
    log.insert(log.length, [
      {
        id: `bench.${place}`,
        at: 1_795_000_000_000,
        by: 'bench',
        kind: 'assign',
        client,
        from,
        to,
        effectiveOn: '2026-11-14',
        reason: null,
      },
    ])
  })
  return performance.now() - startedAt
}

function logLength(book: Book): number {
  return book.doc.getArray('log').length
}
