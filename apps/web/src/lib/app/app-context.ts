// Hands the app's state and the open book to components; both are created in one place, the root layout.
import { createContext } from 'svelte'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import type { AppState } from './app-state.svelte.ts'

export const [getApp, setApp] = createContext<AppState>()

/** The open book, on the overview also one that opens; only for components that the layout shows while there is one. */
export function getBookView(): BookView {
  const { shown: view } = getApp()
  if (!view) throw new Error('no book is open here: the layout must not show this page')
  return view
}
