// Names in the order people expect, the same on every device, and quick enough to sort ten thousand within a frame.

/** One locale for all devices: two people on the phone look at the same order. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

const space = 32

/**
 * Compares as `Intl.Collator('en', { numeric: true, sensitivity: 'base' })` does. Collation is decided by the first base letters
 * that differ; where those are plain letters behind the same plain letters and spaces, twenty character codes tell what asking
 * the collator takes twenty times as long to say.
 */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let place = 0; place < length; place++) {
    const one = letterAt(a, place)
    const other = letterAt(b, place)
    if (one < 0 || other < 0) break
    if (one !== other) {
      if (one === space || other === space) break
      return one - other
    }
  }
  return collator.compare(a, b)
}

/** The code of a plain letter in lower case or of a space, -1 for anything else. */
function letterAt(text: string, place: number): number {
  const code = text.charCodeAt(place)
  if (code === space || (code >= 97 && code <= 122)) return code
  return code >= 65 && code <= 90 ? code + 32 : -1
}
