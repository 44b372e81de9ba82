// Clients that nobody has touched for long.
import { addDays, startOfDaySeconds, type PlainDate } from '../plain-date.ts'

/** Clients without activity for at least `days` days. */
export interface IdleClients {
  readonly days: number
  readonly clients: readonly string[]
}

/**
 * Lists clients whose latest activity lies `days` or more calendar days before `on`, longest idle first; who never had any comes first.
 * `lastActivity` is epoch ms; days begin where the zone says.
 *
 * @example idleClients([{ id: 'acme', lastActivity: null }], { on: '2026-11-22', timeZone: 'UTC' })[0]?.clients // ['acme']
 */
export function idleClients(
  clients: readonly { readonly id: string; readonly lastActivity: number | null }[],
  options: { readonly on: PlainDate; readonly timeZone: string; readonly days?: readonly number[] },
): IdleClients[] {
  const { on, timeZone, days = [30, 60, 90] } = options
  const sorted = [...clients].sort((a, b) => (a.lastActivity ?? -Infinity) - (b.lastActivity ?? -Infinity) || 0)
  return days.map((count) => {
    const before = startOfDaySeconds(addDays(on, 1 - count), timeZone) * 1_000
    const idle = sorted.filter(({ lastActivity }) => lastActivity === null || lastActivity < before)
    return { days: count, clients: idle.map(({ id }) => id) }
  })
}
