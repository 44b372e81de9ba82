// `npm run bench`: measures what the quality bars are about; `--only <suite>`, `--quick` for a small book, `--save` to keep the results.
import { parseArgs } from 'node:util'
import { createBooks, seed } from './book/books.ts'
import { fullSize, quickSize } from './book/facts.ts'
import { printResult, saveResult } from './report.ts'
import { billingSuite } from './suites/billing.ts'
import { billingPageSuite } from './suites/billing-page.ts'
import { browserSuite } from './suites/browser.ts'
import { editSuite } from './suites/edit.ts'
import { framesSuite } from './suites/frames.ts'
import { lighthouseSuite } from './suites/lighthouse.ts'
import { vitalsSuite } from './suites/vitals.ts'
import { growthSuite } from './suites/growth.ts'
import { openSuite } from './suites/open.ts'
import { nodesSuite } from './suites/nodes.ts'
import { peersBigBookSuite } from './suites/peers-big-book.ts'
import { peersPairsSuite } from './suites/peers-pairs.ts'
import { peersRoomsSuite } from './suites/peers-rooms.ts'
import { querySuite } from './suites/query.ts'
import { smoothnessSuite } from './suites/smoothness.ts'
import { signaturesSuite } from './suites/signatures.ts'
import { timeAxesSuite } from './suites/time-axes.ts'

const suites = {
  open: openSuite,
  edit: editSuite,
  query: querySuite,
  frames: framesSuite,
  vitals: vitalsSuite,
  smoothness: smoothnessSuite,
  lighthouse: lighthouseSuite,
  'time-axes': timeAxesSuite,
  signatures: signaturesSuite,
  billing: billingSuite,
  'billing-page': billingPageSuite,
  browser: browserSuite,
  growth: growthSuite,
  nodes: nodesSuite,
  'peers-rooms': peersRoomsSuite,
  'peers-pairs': peersPairsSuite,
  'peers-big-book': peersBigBookSuite,
}
/** All but those that start servers, which take twenty minutes. */
const usual = Object.keys(suites).filter((name) => !name.startsWith('peers') && name !== 'nodes')
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: usual },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    save: { type: 'boolean', default: false },
  },
})

const unknown = options.only.find((name) => !Object.hasOwn(suites, name))
const rounds = Number(options.rounds)
if (unknown !== undefined || !Number.isSafeInteger(rounds) || rounds < 1) {
  console.error(
    `expected --only ${Object.keys(suites).join(' | ')} and --rounds 1 or more, got ${unknown ?? options.rounds}`,
  )
  process.exit(2)
}
if (options.save && (options.quick || rounds < 5)) {
  console.error('--save wants the full size and at least 5 rounds')
  process.exit(2)
}

const size = options.quick ? quickSize : fullSize
console.log(`Making a book of ${size.clients} clients and ${size.actions} actions …`)
const books = createBooks(size)
for (const [name, suite] of Object.entries(suites)) {
  if (!options.only.includes(name)) continue
  console.log(`\n${name}`)
  const result = await suite(books, { rounds })
  printResult(result)
  if (options.save) saveResult(result, size, seed)
}
