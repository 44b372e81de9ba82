// Plural forms and numbers inside messages, by the locale that holds; formatters are made once.
import { currentLanguage, formatLocale } from './locale.ts'

const plurals = new Map<string, Intl.PluralRules>()
const numbers = new Map<string, Intl.NumberFormat>()

/** The plural form of `input` in the language shown. */
export function plural(_locale: string, input: unknown): string {
  const language = currentLanguage()
  let rules = plurals.get(language)
  if (!rules) plurals.set(language, (rules = new Intl.PluralRules(language)))
  return rules.select(Number(input))
}

/** A number as the person writes it. */
export function number(_locale: string, input: unknown): string {
  const locale = formatLocale()
  let format = numbers.get(locale)
  if (!format) numbers.set(locale, (format = new Intl.NumberFormat(locale)))
  return format.format(Number(input))
}
