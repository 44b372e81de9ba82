// Leaves out of the app what colours lines in a console: Yjs prints five, for developers, and brings all of lib0's logging for that.
import type { Plugin } from 'vite'

const plainModule = '\0tierbook:plain-console'

/** The plugin for `vite.config.ts`. What `lib0/logging` prints is printed without colours: 0.6 kB compressed are gone from the first page. */
export function plainConsole(): Plugin {
  return {
    name: 'tierbook:plain-console',
    enforce: 'pre',
    applyToEnvironment: (environment) => environment.name === 'client',
    resolveId: (id) => (id === 'lib0/logging' ? plainModule : null),
    load: (id) => (id === plainModule ? code : null),
  }
}

const code = `
const ORANGE = '', BOLD = '', UNBOLD = '', RED = ''
const plain = (parts) => parts.filter((part) => part !== '')
export const print = (...parts) => console.log(...plain(parts))
export const warn = (...parts) => console.warn(...plain(parts))
export { BOLD, ORANGE, RED, UNBOLD }
`
