// `npm start`: installs and builds what is missing or outdated, then runs the sync server, which also serves the app.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { install } from './install.mjs'
import { withPrepareLock } from './prepare-lock.mjs'
import { pinnedNode, root, runCommand, toolEnvironment } from './run-command.mjs'

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => pass(signal))
}

/** @type {import('node:child_process').ChildProcess | null} */
let server = null
let passed = false

const buildCode = await withPrepareLock(async () => {
  await install()
  return runCommand('turbo', [
    'run',
    'build',
    '--filter=@tierbook/web',
    '--filter=@tierbook/sync-server',
    '--output-logs=errors-only',
    '--log-prefix=none',
  ])
})
if (buildCode !== 0) {
  console.error(`\nThe build ended with code ${buildCode}; its messages are above.`)
  process.exit(buildCode)
}

server = spawn(pinnedNode() ?? 'node', ['sync-server/dist/main.js', 'start', ...process.argv.slice(2)], {
  cwd: root,
  env: toolEnvironment(),
  stdio: 'inherit',
})
server.on('error', (error) => {
  console.error(`The sync server could not be started: ${error.message}`)
  process.exit(1)
})
server.on('close', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']))

/**
 * Hands a signal on once: Ctrl-C reaches us from the terminal and again through npm, and a second one would cut a clean stop short.
 *
 * @param {'SIGINT' | 'SIGTERM' | 'SIGHUP'} signal
 */
function pass(signal) {
  if (server === null) process.exit(128 + constants.signals[signal])
  if (passed) return
  passed = true
  server.kill(signal)
}
