// A difference of money, with its sign, and the colour that goes with it.
import { formatLocale } from '#lib/i18n/locale.ts'
import { money } from './invoice-words.ts'

/** `+€20.00`, or a dash where there is none. */
export function differenceWords(before: number, after: number, currency: string): string {
  if (before === after) return '–'
  const less = money(-Math.abs(after - before), currency)
  // Where and how a sign is written is the locale's own: amounts without this function have it the same way.
  return after > before ? less.replace(minusSign(), '+') : less
}

/** The sign says it too: colour is never alone. */
export function differenceTone(before: number, after: number): string {
  return after < before ? 'text-danger' : after > before ? 'text-good' : 'text-muted'
}

function minusSign(): string {
  const parts = new Intl.NumberFormat(formatLocale()).formatToParts(-1)
  return parts.find(({ type }) => type === 'minusSign')?.value ?? '-'
}
