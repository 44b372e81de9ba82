// The language of the interface and how dates and numbers are written: chosen in the settings, else what the browser asks for.
import { setTranslation } from './say.ts'

/** Languages with a complete catalogue. */
export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

/** Each language in its own words, so that whoever cannot read the others finds it. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }

const key = 'tierbook.language'
let language: Language = 'en'
let format = 'en-GB'

/** The language that is shown. */
export function currentLanguage(): Language {
  return language
}

/** For `Intl`: the browser's own region where it speaks the language that is shown, else the language itself. */
export function formatLocale(): string {
  return format
}

/** Shows `wanted`; other languages than English load their catalogue first. */
export async function useLanguage(wanted: Language, preferred: readonly string[] = []): Promise<void> {
  setTranslation(wanted === 'de' ? (await import('virtual:messages/de')).texts : null)
  language = wanted
  format = preferred.find((tag) => languageOf(tag) === wanted) ?? (wanted === 'en' ? 'en-GB' : wanted)
}

/** Shows the language of this browser; once, before anything is drawn. */
export async function startLanguage(): Promise<void> {
  await useLanguage(chosenLanguage() ?? preferredLanguage(navigator.languages), navigator.languages)
  document.documentElement.lang = language
}

/** What was chosen in the settings; null follows the browser. */
export function chosenLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(key)
    return languages.find((known) => known === stored) ?? null
  } catch {
    return null
  }
}

/** Remembers the choice; it holds from the next load of the page on. */
export function chooseLanguage(wanted: Language | null): void {
  try {
    if (wanted) localStorage.setItem(key, wanted)
    else localStorage.removeItem(key)
  } catch {
    // Storage is blocked: the browser's language goes on to hold.
  }
}

/** The first language of the browser that has a catalogue. */
export function preferredLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const found = languages.find((known) => known === languageOf(tag))
    if (found) return found
  }
  return 'en'
}

function languageOf(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? ''
}
