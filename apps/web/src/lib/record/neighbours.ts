// The clients before and after one, in the order somebody last saw them in.

/** Ids beside `id` in `order`; null at the ends. Where the order does not hold it, the order of all clients counts. */
export function neighboursOf(
  id: string,
  order: readonly string[] | null,
  all: () => readonly string[],
): { previous: string | null; next: string | null; place: number; count: number } {
  const list = order?.includes(id) ? order : all()
  const at = list.indexOf(id)
  return {
    previous: list[at - 1] ?? null,
    next: at < 0 ? null : (list[at + 1] ?? null),
    place: at + 1,
    count: list.length,
  }
}
