// Quantities as files write them: a point or a comma before decimals, the other one between thousands. “1.234” alone says neither, so what the
// rest of the column says decides, and where it says nothing the row is not taken: a thousand times too little would be billed.

/** Which sign stands before decimals in a column; null where nothing tells. */
export type DecimalSign = '.' | ',' | null

const decimals = /^\d+([.,])(?:\d{1,2}|\d{4,12})$|^0([.,])\d{3}$|^\d{1,3}(?:(?:\.\d{3})+(,)|(?:,\d{3})+(\.))\d{1,12}$/
const thousands = /^\d{1,3}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,})$/

/** What the column's texts say together; null where they contradict each other, too. */
export function decimalSignOf(texts: readonly string[]): DecimalSign {
  const signs = new Set<string>()
  for (const text of texts) {
    const before = decimals.exec(text.trim())?.slice(1).find(Boolean)
    if (before) signs.add(before)
    else if (thousands.test(text.trim())) signs.add(text.includes('.') ? ',' : '.')
  }
  const [sign] = signs
  return signs.size === 1 ? (sign as DecimalSign) : null
}

/** A decimal text as the book has it, or why there is none. */
export function readQuantity(
  text: string,
  sign: DecimalSign,
): { readonly quantity: string } | { readonly is: 'ambiguous' | 'unreadable' } {
  const isEither = /^[1-9]\d{0,2}[.,]\d{3}$/.test(text)
  if (isEither && sign === null) return { is: 'ambiguous' }
  const own =
    decimals.exec(text)?.slice(1).find(Boolean) ?? (thousands.test(text) ? (text.includes('.') ? ',' : '.') : sign)
  const grouped = own === ',' ? '.' : ','
  const isGrouped = new RegExp(`^\\d{1,3}(?:\\${grouped}\\d{3})+(?:\\${own ?? '.'}\\d{1,12})?$`).test(text)
  const bare = isGrouped ? text.replaceAll(grouped, '') : text
  const quantity = own === ',' ? bare.replace(',', '.') : bare
  return /^\d{1,15}(?:\.\d{1,12})?$/.test(quantity) ? { quantity } : { is: 'unreadable' }
}
