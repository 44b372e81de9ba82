// The version of a build, read from what goes into it: the same content gives the same name, so a rebuild updates nobody.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const sources = [
  'src',
  'messages',
  'messages-plugin.ts',
  'own-version-plugin.ts',
  'plain-history-plugin.ts',
  'unused-schemas-plugin.ts',
  'static',
  'vite.config.ts',
  'package.json',
  '../../packages/core/dist',
  '../../packages/billing/dist',
  '../../package-lock.json',
]

/** Twelve hex digits over everything that a build reads. */
export function contentVersion(): string {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const file of filesUnder(join(here, source))) {
      hash.update(file.slice(here.length)).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return hash.digest('hex').slice(0, 12)
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)))
}
