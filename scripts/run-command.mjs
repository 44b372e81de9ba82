// Runs one program to its end with the pinned Node first in PATH, and gives back how it ended.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

// Whoever stops us means what we started, too: an `npm ci` left alone would go on writing while the next one starts.
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})

/**
 * Runs `command` in the repository's root. On Windows npm and what it installs are `.cmd` files, which only a shell starts.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string | undefined>, output?: 'shown' | 'on-failure', heard?: (text: string) => void }} [options]
 *   `heard` is given everything the program prints, beside its being shown.
 * @returns {Promise<number>} the exit code; 127 when it could not be started, 143 after a signal
 */
export function runCommand(command, args, { env = {}, output = 'shown', heard } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      cwd: root,
      env: toolEnvironment(heard && process.stdout.isTTY ? { FORCE_COLOR: '1', ...env } : env),
      stdio: output === 'shown' && !heard ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    running.add(child)
    /** @type {Buffer[]} */
    const held = []
    for (const [from, to] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])) {
      from?.on('data', (/** @type {Buffer} */ chunk) => {
        if (output === 'shown') to.write(chunk)
        else held.push(chunk)
        heard?.(chunk.toString())
      })
    }
    child.on('error', (error) => {
      running.delete(child)
      console.error(`${command}: ${error.message}`)
      resolve(127)
    })
    child.on('close', (code) => {
      running.delete(child)
      if (code !== 0) process.stderr.write(Buffer.concat(held))
      resolve(code ?? 143)
    })
  })
}

/**
 * Our environment with the repository's own programs first in PATH, and the build tool's telemetry off.
 *
 * @param {Record<string, string | undefined>} [extra]
 */
export function toolEnvironment(extra = {}) {
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter)
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...extra }
}

/** The Node that the project pins; it exists once the dependencies are installed. */
export function pinnedNode() {
  const binary = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(binary) ? binary : null
}
