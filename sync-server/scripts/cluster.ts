// `npm run cluster -w @tierbook/sync-server -- --seeds 50 --seed 1 --clients 300`: two and three nodes over one real PostgreSQL, killed and started at
// random while hints are cut and the primary crashes; at the end hints are cut for 10 s of edits. Prints a line a seed; ends with 1 where anything was lost,
// came twice or differs, or somebody waited for longer than a poll period.
import { createRandom } from '@tierbook/core/testing'
import { parseArgs } from 'node:util'
import { runCluster } from '../test/postgres/cluster/run-cluster.ts'
import { startPostgres } from '../test/postgres/sample-postgres.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '12' },
    minutes: { type: 'string', default: '1440' },
  },
})
const writers = 6
const endsAt = performance.now() + Number(values.minutes) * 60_000
const columns = [
  'edits',
  'troubles',
  'convergedMs',
  'backMs',
  'cutMs',
  'cutEdits',
  'cutConvergedMs',
  'late',
  'acknowledgedLost',
  'twice',
  'different',
  'findings',
] as const
const postgres = await startPostgres()
try {
  console.log(['seed', 'nodes', ...columns].map((column) => column.padStart(17)).join(''))
  const first = Number(values.seed)
  for (let seed = first; seed < first + Number(values.seeds) && performance.now() < endsAt; seed++) {
    const random = createRandom(seed)
    const nodes = 2 + (seed % 2)
    const followers = Number(values.clients) - writers
    const rounds = Number(values.rounds)
    const outcome = await runCluster({ postgres, nodes, writers, followers, rounds, random: () => random.next() })
    console.log(
      [seed, nodes, ...columns.map((column) => Math.round(outcome[column]))]
        .map((cell) => String(cell).padStart(17))
        .join(''),
    )
    const { late, acknowledgedLost, twice, different, findings } = outcome
    if (late + acknowledgedLost + twice + different + findings > 0) process.exitCode = 1
  }
} finally {
  await postgres.close()
}
