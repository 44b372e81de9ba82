// What each compiled message calls: the English text stands with the code that uses it, other languages come as one catalogue when wanted.

type Inputs = Record<string, unknown>
type Text = (inputs: Inputs) => string

let translation: readonly Text[] | null = null

/** Replaces English by a loaded catalogue; null goes back to English. */
export function setTranslation(texts: readonly Text[] | null): void {
  translation = texts
}

/** Makes a message; `place` is where catalogues have it. */
export function say(place: number, english: Text): (inputs?: Inputs) => string {
  return (inputs = {}) => (translation?.[place] ?? english)(inputs)
}
