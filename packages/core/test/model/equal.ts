// Says where two values differ first, since a whole log fills a screen.
import { isDeepStrictEqual } from 'node:util'

/** Throws `what` and the first difference, if there is one. */
export function equal(what: string, came: unknown, expected: unknown): void {
  if (isDeepStrictEqual(came, expected)) return
  throw new Error(`${what}\n${firstDifference(came, expected)}`)
}

function firstDifference(came: unknown, expected: unknown, path = ''): string {
  const areBoth = [came, expected].every((value) => typeof value === 'object' && value !== null)
  if (areBoth) {
    const [a, b] = [came, expected] as [Record<string, unknown>, Record<string, unknown>]
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (!isDeepStrictEqual(a[key], b[key])) return firstDifference(a[key], b[key], `${path}.${key}`)
  }
  return `at ${path || 'the top'}: came ${JSON.stringify(came)}, expected ${JSON.stringify(expected)}`
}
