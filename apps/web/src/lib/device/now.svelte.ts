// The present moment for relative times: steps every half minute and when the page comes back into view.
import { createSubscriber } from 'svelte/reactivity'

const stepMs = 30_000 // relative times are shown in minutes

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, stepMs)
  document.addEventListener('visibilitychange', update)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', update)
  }
})

/** Epoch ms, followed by whoever reads it in a component. */
export function now(): number {
  subscribe()
  return Date.now()
}
