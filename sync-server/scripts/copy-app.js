// Puts the built app into the package before it is packed: an installed server has no apps/web beside it.
import { cpSync, existsSync, rmSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const built = pathOf('../../apps/web/build')
const app = pathOf('../app')

for (const file of [pathOf('../../apps/web/build/200.html'), pathOf('../dist/main.js')]) {
  if (existsSync(file)) continue
  console.error(`Nothing to pack: ${file} is missing. Run \`npm run build\` in the repository first.`)
  process.exit(1)
}
// A file of an older build must not stay.
rmSync(app, { recursive: true, force: true })
cpSync(built, app, { recursive: true })

/** @param {string} relative */
function pathOf(relative) {
  return fileURLToPath(new URL(relative, import.meta.url))
}
