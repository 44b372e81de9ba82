// Build of the app: static files with hashed names, a strict content security policy, and a version that follows the content.
import adapter from '@sveltejs/adapter-static'
import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vitest/config'
import { contentVersion } from './content-version.ts'
import { messages } from './messages-plugin.ts'
import { ownVersion } from './own-version-plugin.ts'
import { plainConsole } from './plain-console-plugin.ts'
import { plainHistory } from './plain-history-plugin.ts'
import { plainIcons } from './plain-icons-plugin.ts'
import { unusedSchemas } from './unused-schemas-plugin.ts'

const version = process.env['APP_VERSION'] ?? contentVersion()

export default defineConfig({
  plugins: [
    messages(),
    ownVersion(version),
    plainConsole(),
    plainHistory(),
    plainIcons(),
    unusedSchemas(),
    tailwindcss(),
    sveltekit({
      compilerOptions: { runes: true },
      adapter: adapter({ fallback: '200.html', precompress: true }),
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          // Inline style attributes carry row heights and positions; no inline style element is needed.
          'style-src': ['self', 'unsafe-inline'],
          'img-src': ['self', 'data:'],
          'connect-src': ['self'],
          'worker-src': ['self'],
          'manifest-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
        },
      },
      // The app registers its worker itself: it shows an update prompt and must stay quiet where there is no secure context.
      serviceWorker: { register: false },
      version: { name: version },
    }),
  ],
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // What every visit to the overview loads, in one file: fifty small ones cost 7 kB more in glue and compress less well.
            codeSplitting: {
              groups: [
                { name: 'first', test: /src\/(routes\/\+layout|lib\/overview\/Overview)\.svelte$/, priority: 1 },
                // Each file costs a page a request and a task or two: small parts that many pages share come together.
                { name: 'icons', test: /\/@lucide\/svelte\/dist\/icons\// },
                { name: 'parts', test: /src\/lib\/(ui|i18n|tiers)\/(?!Dialog|TierSelect)/ },
              ],
            },
          },
        },
      },
    },
  },
  // A busy machine may take its time: what fails here fails by what it says.
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
    testTimeout: 30_000,
    // A message is called by its place among all of them, so one that is added changes what others compile to: no such module may be kept.
    fsModuleCache: false,
  },
})
