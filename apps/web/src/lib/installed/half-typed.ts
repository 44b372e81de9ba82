// Knows which forms hold something typed that was not saved yet, so that no update of the app throws it away.

/** Follows the typing of a page. */
export interface HalfTyped {
  /** A form in the page with something unsaved; null where there is none. */
  find(): HTMLFormElement | null
  /** Ends the following. */
  close(): void
}

/** Begins to follow `page`; what was typed before is not known. */
export function watchHalfTyped(page: Document): HalfTyped {
  const typed = new Set<HTMLFormElement>()
  const onInput = ({ target }: Event) => {
    const form = target instanceof Element ? target.closest('form') : null
    if (form) typed.add(form)
  }
  const onDone = ({ target }: Event) => {
    if (target instanceof HTMLFormElement && target.querySelector('[aria-invalid=true]') === null) typed.delete(target)
  }
  // A form that names a problem after it was sent still holds what was typed.
  const onSubmit = (event: Event) => setTimeout(() => onDone(event))
  const listening = new AbortController()
  const options = { capture: true, signal: listening.signal }
  page.addEventListener('input', onInput, options)
  page.addEventListener('submit', onSubmit, options)
  page.addEventListener('reset', onDone, options)
  return {
    find() {
      for (const form of typed) if (!form.isConnected) typed.delete(form)
      return [...typed][0] ?? null
    },
    close: () => listening.abort(),
  }
}
