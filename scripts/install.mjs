// Brings node_modules in step with package-lock.json, on a machine that has nothing but Node and npm.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pinnedNode, root, runCommand } from './run-command.mjs'

const oldestNode = 20 // oldest Node that runs npm 10; everything else runs under the Node that npm installs
const oldestNpm = 10 // reads lockfile version 3 and runs workspace scripts

/** Installs what is missing and ends the process with a clear message where that is not possible. */
export async function install() {
  checkVersions()
  const reason = whyInstall()
  if (reason === null) return
  console.log(`Installing the dependencies (${reason}); this takes about a minute …`)
  const code = await runCommand('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  if (code !== 0)
    fail(`npm ci ended with code ${code}; its message is above. Check the network or the npm registry and try again.`)
  if (pinnedNode() === null) fail(missingNode)
}

const missingNode =
  'npm ci did not bring the pinned Node (node_modules/node/bin/node). Install scripts may be off: run `npm config get ignore-scripts` and set it to false.'

function checkVersions() {
  const node = process.versions.node
  if (Number.parseInt(node, 10) < oldestNode)
    fail(`Tierbook needs Node ${oldestNode} or newer to start, this is Node ${node}.`)
  const npm = spawnSync('npm', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' }).stdout?.trim()
  if (!npm) fail('Tierbook needs npm, and no `npm` was found in PATH.')
  if (Number.parseInt(npm, 10) < oldestNpm)
    fail(`Tierbook needs npm ${oldestNpm} or newer, this is npm ${npm}. Run \`npm install -g npm\`.`)
}

/**
 * Compares contents, not times: a fresh clone, a switched branch and an interrupted install all show.
 *
 * @returns {string | null}
 */
function whyInstall() {
  const installedFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return 'none are there yet'
  const wanted = readPackages(join(root, 'package-lock.json'))
  const installed = readPackages(installedFile)
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (!path.includes('node_modules/')) continue
    const there = installed[path]
    if (!there && optional) continue // for another platform
    if (there?.version !== version)
      return `${path.slice(path.lastIndexOf('node_modules/') + 13)} is missing or outdated`
  }
  return pinnedNode() === null ? 'the pinned Node is missing' : null
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch (error) {
    return fail(`${file} cannot be read: ${/** @type {Error} */ (error).message}`)
  }
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`\n${message}\n`)
  process.exit(1)
}
