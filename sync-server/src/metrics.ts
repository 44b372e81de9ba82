// What the server counts, under documented names; one registry per server, so that several can run in one process.
import { refusalCodes } from '@tierbook/core/admission'
import { historyDoubts } from '@tierbook/core/protocol'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** The counters, each with its meaning in `help`. */
export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(options: { processMetrics: boolean }) {
  const registry = new Registry()
  const registers = [registry]
  // Process metrics install observers for the whole process, so only the command asks for them.
  if (options.processMetrics) collectDefaultMetrics({ register: registry })
  const metrics = {
    registry,
    connections: new Gauge({ name: 'tierbook_connections', help: 'Open websockets', registers }),
    openBooks: new Gauge({ name: 'tierbook_open_books', help: 'Books in memory', registers }),
    updates: new Counter({
      name: 'tierbook_updates_total',
      help: 'Updates received, by what admission decided: accept, nothing-new, gap, refuse',
      labelNames: ['decision'],
      registers,
    }),
    refusals: new Counter({
      name: 'tierbook_refusals_total',
      help: 'Refused updates, by code',
      labelNames: ['code'],
      registers,
    }),
    refusedJoins: new Counter({
      name: 'tierbook_refused_joins_total',
      help: 'Calls with an invite that did not let anybody in: refused for what was shown, or too many from one address',
      registers,
    }),
    trimmedUpdates: new Counter({
      name: 'tierbook_trimmed_updates_total',
      help: 'Updates whose bytes were given up because they are older than the operator keeps them',
      registers,
    }),
    receivedBytes: new Counter({
      name: 'tierbook_received_bytes_total',
      help: 'Bytes received on websockets',
      registers,
    }),
    closes: new Counter({
      name: 'tierbook_closes_total',
      help: 'Websockets closed by the server, by close code',
      labelNames: ['code'],
      registers,
    }),
    otherHistories: new Counter({
      name: 'tierbook_other_histories_total',
      help: 'Devices turned away because they were shown another history: other-generation, rolled-back, rewritten',
      labelNames: ['doubt'],
      registers,
    }),
    commits: new Histogram({
      name: 'tierbook_commit_seconds',
      help: 'Time of one storage transaction until it is on disk',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    commitBooks: new Histogram({
      name: 'tierbook_commit_books',
      help: 'Books in one storage transaction',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    commitConflicts: new Counter({
      name: 'tierbook_commit_conflicts_total',
      help: 'Books that another server wrote to first; their updates were judged again',
      registers,
    }),
    failedCommits: new Counter({
      name: 'tierbook_failed_commits_total',
      help: 'Storage transactions that failed; nothing of them was acknowledged',
      registers,
    }),
    loads: new Histogram({
      name: 'tierbook_book_load_seconds',
      help: 'Time to bring a book into memory',
      buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
  }
  // From zero on: Prometheus sees no increase where a series begins with its first event, and alerts would miss that one.
  for (const code of refusalCodes) metrics.refusals.inc({ code }, 0)
  for (const doubt of historyDoubts) metrics.otherHistories.inc({ doubt }, 0)
  return metrics
}
