// Leaves a serialiser out of the app that it has no use for: SvelteKit writes what a page keeps in the browser's history, and reads what a
// server sends, in the format of `devalue`, which knows maps, dates and cycles. No page here keeps anything there and no server sends
// data, so plain JSON serves, and 3 kB compressed are gone from the first page.
import type { Plugin } from 'vite'

const plainJson = '\0tierbook:plain-json'

/** The plugin for `vite.config.ts`. In the browser's code `devalue` is JSON; what JSON would alter or lose is refused with a `TypeError`. */
export function plainHistory(): Plugin {
  return {
    name: 'tierbook:plain-history',
    enforce: 'pre',
    applyToEnvironment: (environment) => environment.name === 'client',
    resolveId: (id) => (id === 'devalue' ? plainJson : null),
    load: (id) => (id === plainJson ? code : null),
  }
}

const code = `
const jsonTypes = ['string', 'number', 'boolean', 'object']
function plain(key, value) {
  // What stands there itself: a date has become text in "value" by now.
  const raw = this[key]
  const object = typeof raw === 'object' && raw !== null
  if (object ? !Array.isArray(raw) && Object.getPrototypeOf(raw) !== Object.prototype : !jsonTypes.includes(typeof raw)) refuse(key)
  return value
}
function refuse(key) {
  throw new TypeError('history state: plain JSON expected at "' + key + '"; see plain-history-plugin.ts')
}
export const stringify = (value) => JSON.stringify(value, plain)
export const parse = (text) => JSON.parse(text)
export const unflatten = () => refuse('data of a server')
export const uneval = unflatten
`
