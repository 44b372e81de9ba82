// Compiles the message catalogue into typed functions; `messages-plugin.ts` turns those into what the app loads.
import { compile } from '@inlang/paraglide-js'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

await compile({
  project: join(here, 'project.inlang'),
  outdir: join(here, 'src/lib/paraglide'),
  strategy: ['baseLocale'],
  outputStructure: 'message-modules',
  emitReadme: false,
})
