// The timeline of `timeline.ts` on rows of a table, without an object for each entry: what ten thousand clients are looked at with at once.

/** Entries of one kind by day: the one that came last of each day (TL2). Used again for client after client. */
class Track {
  readonly days: number[] = []
  readonly rows: number[] = []
  length = 0

  /** Rows come in log order. */
  place(day: number, row: number): void {
    let at = this.length
    while (at > 0 && (this.days[at - 1] ?? 0) > day) at--
    if (at > 0 && this.days[at - 1] === day) {
      this.rows[at - 1] = row
      return
    }
    for (let place = this.length; place > at; place--) {
      this.days[place] = this.days[place - 1] ?? 0
      this.rows[place] = this.rows[place - 1] ?? 0
    }
    this.days[at] = day
    this.rows[at] = row
    this.length += 1
  }
}

/** What holds on a day and what comes next; rows are -1 where there is none. */
export interface RowReading {
  /** The assignment that holds, were it not for an end. */
  tierRow: number
  isEnded: boolean
  /** Whether anything at all holds or has ended yet. */
  hasBegun: boolean
  /** The entry that makes the next step. */
  nextRow: number
  nextDay: number
  /** The assignment that holds from then on, and whether service is cut instead. */
  nextTierRow: number
  isNextEnded: boolean
}

/** Reads one client after the other. */
export class RowTimeline {
  readonly #assigned = new Track()
  readonly #service = new Track()
  readonly #isEnd: (row: number) => boolean
  readonly #isSameTier: (a: number, b: number) => boolean
  readonly #reading: RowReading = {
    tierRow: -1,
    isEnded: false,
    hasBegun: false,
    nextRow: -1,
    nextDay: 0,
    nextTierRow: -1,
    isNextEnded: false,
  }

  /** `isEnd` tells ends from resumptions; `isSameTier` compares two assignments, -1 for none. */
  constructor(isEnd: (row: number) => boolean, isSameTier: (a: number, b: number) => boolean) {
    this.#isEnd = isEnd
    this.#isSameTier = isSameTier
  }

  /** Begins another client. */
  clear(): void {
    this.#assigned.length = 0
    this.#service.length = 0
  }

  /** Takes an entry in; entries come in log order. */
  place(isAssignment: boolean, day: number, row: number): void {
    if (isAssignment) this.#assigned.place(day, row)
    else this.#service.place(day, row)
  }

  /** What holds on `day` and what comes next, in an object that the next reading uses again. */
  read(day: number): RowReading {
    const [assigned, service, reading] = [this.#assigned, this.#service, this.#reading]
    let [tierRow, isEnded, hasStep] = [-1, false, false]
    reading.tierRow = -1
    reading.isEnded = false
    reading.hasBegun = false
    reading.nextRow = -1
    for (let a = 0, s = 0; a < assigned.length || s < service.length;) {
      const tierDay = a < assigned.length ? (assigned.days[a] ?? 0) : Number.POSITIVE_INFINITY
      const serviceDay = s < service.length ? (service.days[s] ?? 0) : Number.POSITIVE_INFINITY
      const on = Math.min(tierDay, serviceDay)
      const before = tierRow
      const wasEnded = isEnded
      if (tierDay === on) tierRow = assigned.rows[a++] ?? -1
      const serviceRow = serviceDay === on ? (service.rows[s++] ?? -1) : -1
      if (serviceRow >= 0) isEnded = this.#isEnd(serviceRow)
      const isStep = hasStep
        ? wasEnded !== isEnded || (!isEnded && !this.#isSameTier(before, tierRow))
        : isEnded || tierRow >= 0
      if (on <= day) {
        reading.tierRow = tierRow
        reading.isEnded = isEnded
        reading.hasBegun ||= isStep
      } else if (isStep) {
        reading.nextRow = tierDay === on && !isEnded ? tierRow : serviceRow >= 0 ? serviceRow : tierRow
        reading.nextDay = on
        reading.nextTierRow = tierRow
        reading.isNextEnded = isEnded
        return reading
      }
      hasStep ||= isStep
    }
    return reading
  }
}
