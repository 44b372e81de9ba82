// Leaves out of the app what nothing in it calls: lib0, which Yjs stands on, makes four schemas of DOM nodes as it loads, and a bundler
// keeps them with the whole schema library behind them, since it cannot know that making one does nothing else.
import type { Plugin } from 'vite'

/** The plugin for `vite.config.ts`. Says that making a schema has no effect, so that those nobody uses are dropped: 2 kB compressed. */
export function unusedSchemas(): Plugin {
  return {
    name: 'tierbook:unused-schemas',
    transform: {
      filter: { id: /\/lib0\/dom\.js$/ },
      handler: (code) => ({ code: code.replaceAll('= $.$custom(', '= /* @__PURE__ */ $.$custom('), map: null }),
    },
  }
}
