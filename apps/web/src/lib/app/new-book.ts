// The settings that a new book starts with, guessed from this device; all can be changed later.
import type { NewBook } from './app-state.svelte.ts'

const currencies: Readonly<Record<string, string>> = {
  US: 'USD',
  GB: 'GBP',
  CH: 'CHF',
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  SE: 'SEK',
  NO: 'NOK',
  DK: 'DKK',
  PL: 'PLN',
  JP: 'JPY',
  IN: 'INR',
  ZA: 'ZAR',
}

/** A new book's settings: this device's time zone, and the currency of its region. */
export function newBook(name: string): NewBook {
  return {
    name,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    currency: currencies[regionOf(navigator.language)] ?? 'EUR',
  }
}

function regionOf(language: string): string {
  try {
    return new Intl.Locale(language).maximize().region ?? ''
  } catch {
    return ''
  }
}
