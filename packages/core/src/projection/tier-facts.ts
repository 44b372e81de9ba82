// What a client's tier entries add up to: a pure function of them, whatever order they arrived in.
import { findHeads, isContested } from './heads.ts'
import { compareEvents, idOfEvent, type TierEvent } from './tier-event.ts'
import { type TierStep, timelineOf } from './timeline.ts'

/** Which tier a client is on from when, and what a new entry has to name. */
export interface TierFacts {
  readonly steps: readonly TierStep[]
  /** The entries that the steps are made of: those not taken back, in log order. */
  readonly standing: readonly TierEvent[]
  readonly contested: boolean
  /** The tier entries that nobody has built upon (TL4): what a new one names in `after`. */
  readonly headIds: readonly string[]
}

/** Works the facts out from all tier entries of one client and the ids of those that were taken back. */
export function tierFacts(events: readonly TierEvent[], retracted: ReadonlySet<string>): TierFacts {
  const ordered = inLogOrder(events)
  const live = retracted.size === 0 ? ordered : ordered.filter((event) => !retracted.has(idOfEvent(event)))
  const heads = isChain(ordered) && retracted.size === 0 ? ordered.slice(-1) : findHeads(ordered, retracted)
  return {
    steps: timelineOf(live),
    standing: live,
    contested: heads.length > 1 && isContested(heads),
    // Ten thousand rows are worked out at opening, and none of them asks.
    get headIds() {
      return heads.map(idOfEvent)
    },
  }
}

/** Each event made in sight of the one before and of nothing else: by far the most common history, with one head. */
function isChain(ordered: readonly TierEvent[]): boolean {
  for (let place = 0; place < ordered.length; place++) {
    const after = ordered[place]?.after
    if (place === 0 ? !Array.isArray(after) || after.length > 0 : after !== ordered[place - 1]) return false
  }
  return true
}

function inLogOrder(events: readonly TierEvent[]): readonly TierEvent[] {
  for (let place = 1; place < events.length; place++) {
    const [before, event] = [events[place - 1], events[place]]
    if (before && event && compareEvents(before, event) > 0) return [...events].sort(compareEvents)
  }
  return events
}
