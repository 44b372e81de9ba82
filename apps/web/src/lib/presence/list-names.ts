// Names of people as a list in words: “Ben, Eve and Zoë”.
import { formatLocale } from '#lib/i18n/locale.ts'

/** Joined as the language does it. */
export function listNames(people: readonly { readonly name: string }[]): string {
  return new Intl.ListFormat(formatLocale(), { type: 'conjunction' }).format(people.map(({ name }) => name))
}
