// Loads the code of the pages that the frame links to while nobody waits: the first visit to each finds it there, and is painted sooner.
import { preloadCode } from '$app/navigation'
import { navItems } from './nav-items.ts'
import { whenIdle } from './when-idle.ts'

/** What a person at the device does first; a page that is only looked at needs no other. */
const signs = ['pointermove', 'pointerdown', 'keydown'] as const

/** Begins once somebody is there and the page is idle, one page at a time; gives what ends it. */
export function preloadPages(): () => void {
  const waiting = navItems.map(({ href }) => href)
  const listening = new AbortController()
  let isOver = false
  const next = () => {
    const page = isOver ? undefined : waiting.shift()
    // One that cannot be fetched is asked for again by a visit, which has words for it.
    if (page) void preloadCode(page).then(again, again)
  }
  const again = () => whenIdle(next)
  const begin = () => {
    listening.abort()
    again()
  }
  for (const sign of signs) addEventListener(sign, begin, { passive: true, signal: listening.signal })
  return () => {
    isOver = true
    listening.abort()
  }
}
