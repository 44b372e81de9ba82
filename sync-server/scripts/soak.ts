// `npm run soak -w @tierbook/sync-server -- --minutes 30 --clients 300 --seed 1`: uses a server as two users with hundreds of tabs do, restarts
// it under them, and prints what it holds after each round. Ends with 1 where something was lost, came twice, or was not given back.
import { createRandom } from '@tierbook/core/testing'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { runSoak } from '../test/soak/soak.ts'
import { soakFaults } from '../test/soak/soak-faults.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    clients: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    'rounds-per-server': { type: 'string', default: '20' },
    'edits-per-round': { type: 'string', default: '200' },
  },
})
const random = createRandom(Number(values.seed))
const endsAt = performance.now() + Number(values.minutes) * 60_000
const startedAt = performance.now()
const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
const columns = [
  'minute',
  'server',
  'tabs',
  'actions',
  'settled ms',
  'heap MiB',
  'RSS MiB',
  'sockets',
  'timers',
  'load',
]
const print = (cells: readonly (string | number)[]) =>
  console.log(cells.map((cell) => String(cell).padStart(11)).join(''))

console.log(`seed ${values.seed}, ${values.clients} tabs, Node ${process.version}\n`)
print(columns)
const outcome = await runSoak({
  clients: Number(values.clients),
  goesOn: () => performance.now() < endsAt,
  roundsPerServer: Number(values['rounds-per-server']),
  editsPerRound: Number(values['edits-per-round']),
  random: () => random.next(),
  onSample: ({ server, connections, edits, settledMs, holdings: { heapBytes, rssBytes, resources } }) => {
    const minute = ((performance.now() - startedAt) / 60_000).toFixed(1)
    const { TCPSocketWrap: sockets = 0, Timeout: timers = 0 } = resources
    print([
      minute,
      server,
      connections,
      edits,
      settledMs,
      mib(heapBytes),
      mib(rssBytes),
      sockets,
      timers,
      loadavg()[0]?.toFixed(1) ?? '',
    ])
  },
})
const { before, after, edits, stored, distinct, findings } = outcome
console.log(
  `\nnobody connected: heap ${mib(before.heapBytes)} MiB at the start, ${mib(after.heapBytes)} MiB at the end`,
)
console.log(`resources then: ${JSON.stringify(before.resources)} and ${JSON.stringify(after.resources)}`)
console.log(`actions made ${edits}, on disk ${stored}, of them distinct ${distinct}; findings of verify ${findings}`)
const faults = soakFaults(outcome)
for (const fault of faults) console.log(`FAULT: ${fault}`)
process.exitCode = faults.length > 0 ? 1 : 0
