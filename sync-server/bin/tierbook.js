#!/usr/bin/env node
// The command `tierbook`. Committed rather than built, since npm links a command only if its file is there when it installs;
// and plain enough for an old Node, which it leaves for the one that the repository pins.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const oldestNode = 24 // `engines` in package.json: node:sqlite as the server uses it
const main = new URL('../dist/main.js', import.meta.url)

if (!existsSync(main)) {
  fail('Tierbook is not built here: run `npm run build` first (`npm start` builds by itself).')
} else if (majorOf(process.versions.node) >= oldestNode) {
  await import(main.href)
} else {
  const node = pinnedNode()
  if (node !== null) runWith(node)
  else
    fail(`Tierbook needs Node ${oldestNode} or newer, this is Node ${process.versions.node}. \
Install a newer one, or the package \`node\` beside this one: npm install --save-dev node@${oldestNode}`)
}

/** The Node that the package `node` brought, as the repository's dependencies do; null where there is none or an old one. */
function pinnedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json')
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
    const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return majorOf(version) >= oldestNode && existsSync(binary) ? binary : null
  } catch {
    return null
  }
}

/** @param {string} node */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C in a terminal reaches both of us; the command takes two such signals for one wish.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`))
  child.on('close', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']))
}

/** @param {string} version */
function majorOf(version) {
  return Number.parseInt(version, 10)
}

/** @param {string} message */
function fail(message) {
  console.error(message)
  process.exitCode = 1
}
