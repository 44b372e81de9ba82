// Finds a Chromium for the browser tests, or installs one: Playwright's own, else Debian's package.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { root, runCommand } from './run-command.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'msedge']
const wellKnownPaths = [
  '/usr/bin/chromium',
  '/usr/lib/chromium/chromium',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * The path of a Chromium that starts, or why there is none.
 *
 * @returns {Promise<{ path: string } | { problem: string }>}
 */
export async function provideChromium() {
  const named = process.env['CHROMIUM']
  if (named)
    return starts(named) ? { path: named } : { problem: `CHROMIUM is ${JSON.stringify(named)}, which does not start.` }
  const found = findChromium()
  if (found) return { path: found }

  console.log('No Chromium found; installing the one that Playwright brings …')
  await runCommand('playwright', ['install', 'chromium'])
  const installed = findChromium()
  if (installed) return { path: installed }

  if (process.getuid?.() === 0 && findOnPath('apt-get')) {
    console.log("Playwright's Chromium does not start here; installing Debian's package …")
    await runCommand('apt-get', ['update', '-qq'])
    await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
    const packaged = findChromium()
    if (packaged) return { path: packaged }
  }
  return {
    problem: 'No Chromium starts here. Install Chromium or Chrome, or name one: CHROMIUM=/path/to/chromium npm test',
  }
}

function findChromium() {
  const onPath = names.map(findOnPath).filter((path) => path !== null)
  return [...wellKnownPaths, ...onPath, ...playwrightsOwn()].find((path) => isExecutable(path) && starts(path)) ?? null
}

function playwrightsOwn() {
  try {
    return [createRequire(join(root, 'apps/web/package.json'))('playwright-core').chromium.executablePath()]
  } catch {
    return [] // not installed, or a platform without a build
  }
}

/**
 * Some paths are stubs that only tell one to install something, and a downloaded Chromium may miss system libraries: ask it for its version.
 *
 * @param {string} path
 */
function starts(path) {
  if (process.platform === 'win32') return isExecutable(path) // `--version` opens a window there
  return spawnSync(path, ['--version'], { timeout: 30_000, stdio: 'ignore' }).status === 0
}

/** @param {string} name */
function findOnPath(name) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
