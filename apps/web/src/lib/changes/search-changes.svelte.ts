// Full text over the log: entries are described a slice at a time, so that a hundred thousand of them never hold a frame up.
import type { Change, ChangeList } from '@tierbook/core'
import type { Names } from './billing-detail.ts'
import { detailOf, kindOf } from './change-words.ts'

/** Entries between two looks at the clock: one takes some 10 to 50 µs to describe and compare. */
const atOnce = 50
/** A frame has 16 ms, and what was found must be drawn in it. */
const sliceMs = 6

/** The entries of a list that contain a text, found bit by bit. */
export class ChangeSearch {
  #found = $state.raw<readonly number[]>([])
  #done = $state(true)
  #stop = () => {}
  #names: Names

  constructor(names: Names) {
    this.#names = names
  }

  /** Whether the whole list was looked through. */
  get done(): boolean {
    return this.#done
  }

  /** The matches of `list` so far, as a list. */
  matches(list: ChangeList): ChangeList {
    const found = this.#found
    const at = (index: number) => list.at(found[index < 0 ? found.length + index : index] ?? -1)
    return {
      length: found.length,
      at: (index) => (found.length === 0 ? undefined : at(index)),
      slice: (from, to) => found.slice(from, to).flatMap((index) => list.at(index) ?? []),
    }
  }

  /** Looks for `text` in `list`; returns what ends the search. */
  start(list: ChangeList, text: string, later: (work: () => void) => () => void): () => void {
    this.#stop()
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    this.#found = []
    this.#done = false
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
      if (hits.length > 0) this.#found = [...this.#found, ...hits]
      if (from < list.length) this.#stop = later(look)
      else this.#done = true
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
