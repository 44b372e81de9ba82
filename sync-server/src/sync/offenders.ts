// Delays people whose updates were refused again and again: a client that does not mend itself must not dial in a circle.

/** Refusals of one actor in the last minute, of each book. */
export interface Offenders {
  note(who: { book: string; actor: string }): void
  /** Whether to be asked to come back later. */
  mustWait(who: { book: string; actor: string }): boolean
}

const windowMs = 60_000
/** A client that recovers by itself (SY3) is refused once or twice. */
const allowedRefusals = 5

export function createOffenders({ now }: { now: () => number }): Offenders {
  const refusals = new Map<string, number[]>()
  const recent = (key: string) => {
    const times = (refusals.get(key) ?? []).filter((at) => now() - at < windowMs)
    if (times.length > 0) refusals.set(key, times)
    else refusals.delete(key)
    return times
  }
  return {
    note({ book, actor }) {
      for (const key of [...refusals.keys()]) recent(key)
      const key = `${book} ${actor}`
      refusals.set(key, [...recent(key), now()].slice(-allowedRefusals))
    },
    mustWait: ({ book, actor }) => recent(`${book} ${actor}`).length >= allowedRefusals,
  }
}
