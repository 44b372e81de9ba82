// Devices that go on for others: who was revoked and let in again, or lost the key, writes as another one and says so.
import { readAction } from '../log/logged-action.ts'
import type { BookProjection } from './book-projection.ts'

/** Which of an actor's devices took the place of which, as each says of itself. */
export function placesTaken({ log }: Pick<BookProjection, 'log'>, actor: string): ReadonlyMap<string, string> {
  const before = new Map<string, string>()
  for (const row of log.ordered()) {
    const logged = log.at(row)
    if (logged.by !== actor || !logged.text.includes('"again":"')) continue
    const { device, entries } = readAction(logged)
    for (const { kind, subject, again } of entries)
      if (kind === 'device.added' && subject === device && typeof again === 'string') before.set(subject, again)
  }
  return before
}
