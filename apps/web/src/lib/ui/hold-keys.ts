// Keys typed between the key that opens a palette, menu or dialog and its being there: held, then played to what has the focus by then.
// Whoever knows the keys types on at once, and what opens may still have to load.

/** Whatever did not open by then never will: the keys go to what has the focus. */
const longestMs = 3_000

let held: KeyboardEvent[] | null = null
let timer: ReturnType<typeof setTimeout> | undefined

/** Begins to hold keys; call it with the key that opens something, which calls {@link playKeys} once it has the focus. */
export function holdKeys(): void {
  if (held) return
  held = []
  addEventListener('keydown', hold, { capture: true })
  timer = setTimeout(playKeys, longestMs)
}

/** Plays the keys that were held, in order. Does nothing where none were. */
export function playKeys(): void {
  if (!held) return
  const keys = held
  held = null
  clearTimeout(timer)
  removeEventListener('keydown', hold, { capture: true })
  for (const key of keys) play(key)
}

function hold(event: KeyboardEvent): void {
  event.preventDefault()
  event.stopImmediatePropagation()
  held?.push(event)
}

/** Does what the browser does with a key, as far as menus and one-line fields go: an event that a page makes has no effect of its own. */
function play({ key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): void {
  const target = document.activeElement
  if (!(target instanceof HTMLElement)) return
  const modifiers = { ctrlKey, metaKey, altKey, shiftKey }
  const isLeft = target.dispatchEvent(
    new KeyboardEvent('keydown', { key, code, ...modifiers, bubbles: true, cancelable: true }),
  )
  if (!isLeft || ctrlKey || metaKey || altKey) return
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) write(target, key)
  else if (key === 'Enter' || key === ' ') target.click()
}

function write(field: HTMLInputElement | HTMLTextAreaElement, key: string): void {
  if (key === 'Backspace') field.value = field.value.slice(0, -1)
  else if (Array.from(key).length === 1) field.setRangeText(key, field.value.length, field.value.length, 'end')
  else return
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
}
