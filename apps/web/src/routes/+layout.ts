import { browser } from '$app/env'
import { startLanguage } from '#lib/i18n/locale.ts'

export const prerender = true

/** Pages are prerendered in English; another language is there before the page becomes alive. */
export async function load(): Promise<void> {
  if (browser) await startLanguage()
}
