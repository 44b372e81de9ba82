// Order of lists and texts. Texts compare by code unit, alike on every device; lists mostly come in order, and a sort would copy them.

/** Below zero, zero or above, as `a` is to `b`, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether `list` is as a stable sort by `compare` would leave it. */
export function isInOrder<T>(list: readonly T[], compare: (a: T, b: T) => number): boolean {
  for (let index = 1; index < list.length; index += 1)
    if (compare(list[index - 1] as T, list[index] as T) > 0) return false
  return true
}
