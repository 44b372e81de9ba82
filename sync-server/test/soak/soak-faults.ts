// What a soak found wrong, in words.
import type { SoakOutcome } from './soak.ts'

/** Of one server's process between two looks with as many tabs: what is above was not given back. */
const maxHeapGrowth = 16 * 2 ** 20
/** A round changes tabs by the dozen: one that leaves something behind shows as more than this. */
const maxGrowth = 5

export function soakFaults({ samples, before, after, edits, stored, distinct, findings }: SoakOutcome): string[] {
  const faults: string[] = []
  if (stored !== edits) faults.push(`${edits} actions were made, ${stored} are on disk`)
  if (distinct !== stored) faults.push(`${stored - distinct} actions are on disk twice`)
  if (findings > 0) faults.push(`verify found ${findings} things wrong`)
  for (const [name, count] of Object.entries(after.resources)) {
    const first = before.resources[name] ?? 0
    if (count > first) faults.push(`with nobody connected: ${count} × ${name}, at the start ${first}`)
  }
  for (const server of new Set(samples.map((sample) => sample.server))) {
    // The first round warms up what is compiled and cached.
    const ofServer = samples.filter((sample) => sample.server === server)
    const [, first] = ofServer
    const last = ofServer.at(-1)
    if (!first || !last || first === last) continue
    const growth = last.holdings.heapBytes - first.holdings.heapBytes
    if (growth > maxHeapGrowth)
      faults.push(`server ${server}: the heap grew by ${growth} bytes from round ${first.round} to ${last.round}`)
    for (const kind of ['TCPSocketWrap', 'Timeout']) {
      const [had, has] = [first, last].map(({ holdings }) => holdings.resources[kind] ?? 0) as [number, number]
      if (has > had + maxGrowth) faults.push(`server ${server}: ${kind} grew from ${had} to ${has}`)
    }
  }
  return faults
}
