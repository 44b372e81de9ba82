// What one look of `doctor` gives.
export interface Examination {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly words: string
}

export const ok = (name: string, words: string): Examination => ({ name, status: 'ok', words })
export const warning = (name: string, words: string): Examination => ({ name, status: 'warning', words })
export const failed = (name: string, words: string): Examination => ({ name, status: 'failed', words })

/** Median of 20 times in ms of something that an acknowledgement waits for; people notice from 20 ms on. */
export function judgeCommit(name: string, what: string, times: readonly number[]): Examination {
  const median = [...times].sort((a, b) => a - b)[times.length >> 1] as number
  const words = `${what} takes ${median.toFixed(2)} ms`
  if (median > unusableMs) return failed(name, `${words}: too slow for a server`)
  return median > slowMs ? warning(name, `${words}: edits will lag`) : ok(name, words)
}

const slowMs = 20
const unusableMs = 250

/** Tokens and receipts rest on it. */
export function judgeClock(last: number | null, now: number): Examination {
  if (last === null || last <= now) return ok('clock', new Date(now).toISOString())
  return failed(
    'clock',
    `it says ${new Date(now).toISOString()}, and the last update was stored at ${new Date(last).toISOString()}: set it, tokens and receipts rest on it`,
  )
}
