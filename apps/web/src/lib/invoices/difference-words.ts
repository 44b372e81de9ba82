// A difference of money, with its sign, and the colour that goes with it.
import { money } from './invoice-words.ts'

/** `+€20.00`, or a dash where there is none. */
export function differenceWords(before: number, after: number, currency: string): string {
  if (before === after) return '–'
  return `${after > before ? '+' : '−'}${money(Math.abs(after - before), currency)}`
}

/** The sign says it too: colour is never alone. */
export function differenceTone(before: number, after: number): string {
  return after < before ? 'text-danger' : after > before ? 'text-good' : 'text-muted'
}
