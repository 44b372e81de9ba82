// Fails when package-lock.json lacks a package that its own entries name: such a lock installs on one platform only, or not at all.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run-command.mjs'

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
/** @type {Record<string, { version?: string, optionalDependencies?: Record<string, string>, resolved?: string }>} */
const packages = lock.packages
const problems = []

for (const [path, { version, optionalDependencies = {} }] of Object.entries(packages)) {
  for (const name of Object.keys(optionalDependencies)) {
    if (!isLocked(path, name)) problems.push(`${path || 'the root'}@${version} wants ${name}, which is not in the lock`)
  }
}
for (const path of ['', ...Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules'))]) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
  for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(range)))
      problems.push(`${path || 'the root'} asks for ${name}@${range}: pin an exact version`)
  }
}

if (problems.length > 0) {
  console.error(`package-lock.json: ${problems.length} problem(s)\n  ${problems.join('\n  ')}`)
  process.exit(1)
}
console.log('package-lock.json is whole, and every version is pinned.')

/**
 * Whether `name` is found from `path` the way Node looks for it: in the nearest node_modules, then further up.
 *
 * @param {string} path
 * @param {string} name
 */
function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) return true
    if (folder === '') return false
  }
}
