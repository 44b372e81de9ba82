// Moves a tier one place up or down in tier order.
import type { Appended, Book, Result } from '@tierbook/core'

/** Gives the tier a rank beyond its neighbour's; only where there is no room between are the ranks dealt anew. */
export async function moveTier(book: Book, id: string, by: -1 | 1): Promise<Result<unknown>> {
  const tiers = book.tiers()
  const index = tiers.findIndex((tier) => tier.id === id)
  const order = tiers.map((tier) => tier.id)
  const [moved] = order.splice(index, 1)
  if (moved === undefined) return { ok: true, value: undefined }
  order.splice(index + by, 0, moved)
  const before = tiers.find((tier) => tier.id === order[index + by - 1])?.rank ?? 0
  const after = tiers.find((tier) => tier.id === order[index + by + 1])?.rank ?? before + 200
  const between = Math.floor((before + after) / 2)
  if (between > before && between < after) return book.editTier({ tier: id, rank: between })
  return dealRanks(book, order)
}

async function dealRanks(book: Book, order: readonly string[]): Promise<Result<unknown>> {
  let result: Result<Appended> | undefined
  for (const [index, tier] of order.entries()) {
    result = await book.editTier({ tier, rank: (index + 1) * 100 })
    if (!result.ok && result.error.code !== 'nothing-to-change') return result
  }
  return { ok: true, value: undefined }
}
