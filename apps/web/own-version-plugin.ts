// Writes the version of the build into the app. SvelteKit hands it over as the page starts, and what all visits load stands in one file here,
// which is evaluated before that: without a version the app takes itself for an outdated one and loads an address that leads nowhere for ever.
import type { Plugin } from 'vite'

const handedOver = 'export const version = payload.version'

/** The plugin for `vite.config.ts`; fails where SvelteKit says its version in another way. */
export function ownVersion(version: string): Plugin {
  return {
    name: 'tierbook:own-version',
    applyToEnvironment: (environment) => environment.name === 'client',
    transform: {
      filter: { id: /\/kit\/src\/runtime\/app\/env\/client\.js$/ },
      handler(code) {
        if (!code.includes(handedOver)) this.error(`"${handedOver}" expected in SvelteKit's env/client.js`)
        return { code: code.replace(handedOver, `export const version = ${JSON.stringify(version)}`), map: null }
      },
    },
  }
}
