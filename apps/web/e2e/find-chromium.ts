// Finds a Chromium: the one in CHROMIUM, one of the system, else the one that Playwright installed.
import { existsSync } from 'node:fs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of a browser; undefined leaves the choice to Playwright. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM']
  if (named && !existsSync(named))
    throw new Error(`CHROMIUM: expected the path of a browser, got ${JSON.stringify(named)}`)
  return named || places.find((place) => existsSync(place))
}
