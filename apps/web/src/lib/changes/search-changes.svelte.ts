// Full text over the log: entries are described a slice at a time, so that a hundred thousand of them never hold a frame up.
import type { Change, ChangeList } from '@tierbook/core'
import type { Names } from './billing-detail.ts'
import { detailOf, kindOf } from './change-words.ts'

/** Entries between two looks at the clock: one takes some 10 to 50 µs to describe and compare. */
const atOnce = 50
/** A frame has 16 ms, and what was found must be drawn in it. */
const sliceMs = 6

/** What was found so far, and where. */
interface Found {
  readonly list: ChangeList | null
  /** Places in the list, ascending. */
  readonly places: readonly number[]
  readonly isDone: boolean
}

/** The entries of a list that contain a text, found bit by bit. */
export class ChangeSearch {
  #found = $state.raw<Found>({ list: null, places: [], isDone: true })
  #stop = () => {}
  #names: Names

  constructor(names: Names) {
    this.#names = names
  }

  /** Whether all of `list` was looked through. */
  isDone(list: ChangeList): boolean {
    return this.#found.list === list && this.#found.isDone
  }

  /** The matches of `list` so far, as a list. None where the search has not begun there: places in the list before it mean other entries, or none. */
  matches(list: ChangeList): ChangeList {
    const places = this.#found.list === list ? this.#found.places : []
    return {
      length: places.length,
      at(index) {
        const place = places.at(index)
        return place === undefined ? undefined : list.at(place)
      },
      slice: (from, to) => places.slice(from, to).flatMap((place) => list.at(place) ?? []),
    }
  }

  /** Looks for `text` in `list`; returns what ends the search. */
  start(list: ChangeList, text: string, later: (work: () => void) => () => void): () => void {
    this.#stop()
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    let places: readonly number[] = []
    let from = 0
    const look = () => {
      const startedAt = performance.now()
      const hits: number[] = []
      do {
        for (const [index, change] of list.slice(from, from + atOnce).entries()) {
          if (contains(change, words, this.#names)) hits.push(from + index)
        }
        from += atOnce
      } while (from < list.length && performance.now() - startedAt < sliceMs)
      if (hits.length > 0) places = [...places, ...hits]
      const isDone = from >= list.length
      this.#found = { list, places, isDone }
      if (!isDone) this.#stop = later(look)
    }
    look()
    return () => this.#stop()
  }
}

function contains(change: Change, words: readonly string[], names: Names): boolean {
  // A quantity is found as it is shown and as it was recorded.
  const { quantity } = change.fields
  const text = [kindOf(change), change.clientName, change.byName, change.reason, detailOf(change, names), quantity]
    .filter(Boolean)
    .join(' ')
    .toLocaleLowerCase()
  return words.every((word) => text.includes(word))
}
