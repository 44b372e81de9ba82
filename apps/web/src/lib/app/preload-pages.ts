// Loads the code of the pages that the frame links to while nobody waits: the first visit to each finds it there, and is painted sooner.
import { preloadCode } from '$app/navigation'
import { navItems } from './nav-items.ts'
import { whenIdle } from './when-idle.ts'

/** Begins once the page is idle, one page at a time; gives what ends it. */
export function preloadPages(): () => void {
  const waiting = navItems.map(({ href }) => href)
  let isOver = false
  const next = () => {
    const page = isOver ? undefined : waiting.shift()
    // One that cannot be fetched is asked for again by a visit, which has words for it.
    if (page) void preloadCode(page).then(again, again)
  }
  const again = () => whenIdle(next)
  again()
  return () => (isOver = true)
}
