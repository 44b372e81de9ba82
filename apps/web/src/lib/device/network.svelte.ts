// Whether the browser has a network at all: false is certain, true only means maybe.
import { createSubscriber } from 'svelte/reactivity'

const subscribe = createSubscriber((update) => {
  addEventListener('online', update)
  addEventListener('offline', update)
  return () => {
    removeEventListener('online', update)
    removeEventListener('offline', update)
  }
})

/** `navigator.onLine`, followed by whoever reads it in a component. */
export function isOnline(): boolean {
  if (typeof navigator === 'undefined') return true
  subscribe()
  return navigator.onLine
}
