// `npm start`: installs and builds what is missing or outdated, then runs the sync server, which also serves the app.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { install } from './install.mjs'
import { withPrepareLock } from './prepare-lock.mjs'
import { pinnedNode, root, runCommand, toolEnvironment } from './run-command.mjs'

const sameWishMs = 1_000
const parentCheckMs = 500

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => pass(signal))
}

// A signal to npm itself (`kill <pid>`) ends the shell that npm puts between us, and the shell does not hand it on.
const parent = process.ppid
if (process.env['npm_lifecycle_event'] === 'start') {
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    pass('SIGTERM')
  }, parentCheckMs)
  watch.unref()
}

/** @type {import('node:child_process').ChildProcess | null} */
let server = null
/** @type {number | null} */
let passedAt = null

const buildCode = await withPrepareLock(async () => {
  await install()
  console.log('Building what has changed …')
  return runCommand('turbo', ['run', 'build', '--filter=@tierbook/web', '--filter=@tierbook/sync-server'], {
    output: 'on-failure',
  })
})
if (buildCode !== 0) {
  console.error(`\nThe build ended with code ${buildCode}; its messages are above.`)
  process.exit(buildCode)
}

// A group of its own: the terminal's Ctrl-C then reaches the server once, through us, and not a second time beside it.
server = spawn(pinnedNode() ?? 'node', ['sync-server/dist/main.js', 'start', ...process.argv.slice(2)], {
  cwd: root,
  env: toolEnvironment(),
  stdio: 'inherit',
  detached: process.platform !== 'win32',
})
server.on('error', (error) => {
  console.error(`The sync server could not be started: ${error.message}`)
  process.exit(1)
})
server.on('close', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']))
process.on('exit', () => server?.kill('SIGTERM'))

/**
 * Hands a signal on. Ctrl-C reaches us from the terminal and once more through npm within moments: that is one wish to stop. A
 * later one means that the clean stop takes too long, and ends the server at once.
 *
 * @param {'SIGINT' | 'SIGTERM' | 'SIGHUP'} signal
 */
function pass(signal) {
  if (server === null) process.exit(128 + constants.signals[signal])
  if (passedAt === null) server.kill('SIGTERM')
  else if (Date.now() - passedAt > sameWishMs) server.kill('SIGKILL')
  passedAt ??= Date.now()
}
